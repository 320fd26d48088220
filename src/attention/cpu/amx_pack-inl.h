// How numbers lie in tile registers, and how queries, keys and values are packed to lie so.
//
// A number is the sum of bf16 numbers of 8 bits each, its parts: one where it is stored as bf16, two for f16, three for
// f32. A register holds 16 rows of 16 pairs of bf16 numbers, the two that a product adds up first.
#pragma once
#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "attention/cpu/amx_vectors.h"
#include "attention/cpu/tile.h"

namespace attnscope::cpu::amx {

constexpr int lanes = 32;            // queries of a tile: two vectors, two tile registers wide
constexpr int vectors = 2;           // of a tile's lanes
constexpr std::int64_t step = 32;    // halves that a product sums at once: keys, or dimensions
constexpr std::int64_t words = 256;  // of a register

constexpr std::int64_t padded(std::int64_t n) { return (n + step - 1) / step * step; }

template <DType dtype>
class Pack {
 public:
  static constexpr int parts = dtype == DType::bf16 ? 1 : dtype == DType::f16 ? 2 : 3;

  // Rows of a matrix as they are stored.
  struct Rows {
    const void* data;
    std::int64_t stride, width;  // in numbers
    const void* at(std::int64_t row) const {
      return static_cast<const std::byte*>(data) + row * stride * static_cast<std::int64_t>(size_of(dtype));
    }
  };

  // A tile's queries of `width` dimensions, multiplied with `sign`, as registers [part][32 dimensions][16 queries].
  static void pack_queries(const Tile& tile, std::int64_t width, float sign, Word* to) {
    const std::int64_t depth = padded(width);
    for (std::int64_t c = 0; c < depth; c += step) {
      for (int v = 0; v < vectors; ++v) {
        Words registers[parts][vector_lanes];
        for (int lane = 0; lane < vector_lanes; ++lane) {
          Words pairs[parts];
          split_row(tile.source[v * vector_lanes + lane], width, c, sign, pairs);
          for (int part = 0; part < parts; ++part) registers[part][lane] = pairs[part];
        }
        for (int part = 0; part < parts; ++part)
          store_transposed(registers[part], to + part * lanes * depth / 2 + c / step * vectors * words + v * words);
      }
    }
  }

  // Whole steps of keys, as registers [part][16 keys][32 dimensions]; zeros beyond the last.
  static void pack_keys(const Rows& from, KeyRange keys, Word* to) {
    const std::int64_t depth = padded(from.width);
    const std::int64_t count = keys.end - keys.begin;
    for (std::int64_t k = 0; k < padded(count); ++k) {
      const void* const row = k < count ? from.at(keys.begin + k) : nullptr;
      for (std::int64_t c = 0; c < depth; c += step) {
        Words pairs[parts] = {};
        if (row != nullptr) split_row(row, from.width, c, 1, pairs);
        Word* const at = to + k / 16 * 16 * depth / 2 + c / step * words + k % 16 * 16;
        for (int part = 0; part < parts; ++part) store(pairs[part], at + part * block_rows * depth / 2);
      }
    }
  }

  // Whole steps of keys' values, transposed, as registers [part][32 keys][16 dimensions]; zeros beyond the last key.
  static void pack_values(const Rows& from, KeyRange keys, Word* to) {
    const std::int64_t depth = padded(from.width);
    for (std::int64_t k = 0; k < padded(keys.end - keys.begin) && depth > 0; k += step) {
      for (std::int64_t c = 0; c < depth; c += vector_lanes)
        pack_values_of_step(from, {keys.begin + k, keys.end}, c, to + k * depth / 2 + c / vector_lanes * words);
    }
  }

 private:
  // 16 numbers of a row from column c on, zeros beyond its width.
  static Floats sixteen(const void* row, std::int64_t width, std::int64_t c) {
    using Number = std::conditional_t<dtype == DType::f32, float, std::uint16_t>;
    const Number* const at = static_cast<const Number*>(row) + c;
    if (width - c >= vector_lanes) return widened<dtype>(at);
    alignas(64) Number some[vector_lanes] = {};
    std::copy_n(at, std::max<std::int64_t>(width - c, 0), some);
    return widened<dtype>(some);
  }

  // The parts of two vectors, paired: those of even place from `even`. Bits are cut off, not rounded, so that parts add
  // up to the number exactly and none overflows.
  static void split(Floats even, Floats odd, Words (&pairs)[parts]) {
#pragma GCC unroll 3
    for (int part = 0; part < parts; ++part) {
      pairs[part] = pair_of(even, odd);
      even -= cut_to_bf16(even);
      odd -= cut_to_bf16(odd);
    }
  }

  // Dimensions c and c + 16 of a chunk of 32 make a pair, in queries as in keys.
  static void split_row(const void* row, std::int64_t width, std::int64_t c, float times, Words (&pairs)[parts]) {
    split(sixteen(row, width, c) * times, sixteen(row, width, c + vector_lanes) * times, pairs);
  }

  static void store_transposed(Words (&rows)[vector_lanes], Word* to) {
    transpose(rows);
    for (int row = 0; row < vector_lanes; ++row) store(rows[row], to + row * vector_lanes);
  }

  // One register of each part: 16 dimensions from c on of the first 32 keys. Keys k and k + 16 make a pair.
  static void pack_values_of_step(const Rows& from, KeyRange keys, std::int64_t c, Word* to) {
    const auto value = [&](std::int64_t key) {
      return key < keys.end ? sixteen(from.at(key), from.width, c) : splat(0);
    };
    Words registers[parts][vector_lanes];
    for (int row = 0; row < vector_lanes; ++row) {
      Words pairs[parts];
      split(value(keys.begin + row), value(keys.begin + row + 16), pairs);
      for (int part = 0; part < parts; ++part) registers[part][row] = pairs[part];
    }
    for (int part = 0; part < parts; ++part)
      store_transposed(registers[part], to + part * block_rows * padded(from.width) / 2);
  }
};

}  // namespace attnscope::cpu::amx
