// Attention forward on tile registers (AMX): bfloat16 in, float sums, for queries, keys and values stored as bf16.
// `Tiles` is what the registers can do: HardwareTiles of amx_tiles.h, or their model in the tests.
//
// S = Q K^T and O += P V are products of tiles of 16 x 32 with 32 x 16 numbers; between them the softmax runs on rows
// of floats, one pass with a running maximum. Weights are rounded to bf16 for the second product, not for their sum.
// Instructions: Intel 64 and IA-32 Architectures Software Developer's Manual, chapter on AMX.
#pragma once
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "attention/cpu/forward_kernel.h"

namespace attnscope::cpu {

template <class Tiles>
class AmxForward {
 public:
  static constexpr int lanes = 32;  // queries of a tile: two tile registers high

  static std::size_t scratch_size(const Stream& stream, std::int64_t value_depth) {
    return static_cast<std::size_t>(Layout(stream.depth, value_depth).floats);
  }

  static void run(const ForwardBlock& block, float* scratch) {
    const typename Tiles::Session session;
    AmxForward forward(block, scratch);
    for (int t = 0; t < block.tile_count; ++t) forward.begin_tile(t);
    for (std::int64_t k0 = block.keys.begin; k0 < block.keys.end; k0 += block_rows) {
      if (block.stop.stop_requested()) return;
      forward.attend({k0, std::min(k0 + block_rows, block.keys.end)});
    }
    for (int t = 0; t < block.tile_count; ++t) forward.end_tile(t);
  }

 private:
  using Half = std::uint16_t;                       // bf16
  static constexpr std::int64_t step = 32;          // halves that a product sums at once
  static constexpr std::int64_t tile_halves = 512;  // of a register: 16 rows of 32
  static constexpr std::int64_t score_stride = block_rows;

  static constexpr std::int64_t padded(std::int64_t n) { return (n + step - 1) / step * step; }

  // Where things lie in the scratch memory, in floats.
  struct Layout {
    std::int64_t depth, value_depth;  // padded
    std::int64_t keys, values, scores, weights, tiles, tile_size, floats;
    Layout(std::int64_t d, std::int64_t d_v) : depth(padded(d)), value_depth(padded(d_v)) {
      keys = 0;
      values = keys + block_rows * depth / 2;
      scores = values + block_rows * value_depth / 2;
      weights = scores + lanes * score_stride;
      tiles = weights + lanes * block_rows / 2;
      tile_size = lanes * depth / 2 + lanes * value_depth + 2 * lanes;
      floats = tiles + forward_tiles * tile_size;
    }
  };

  // What is kept of one tile of queries.
  struct Running {
    Half* queries;   // [lanes, depth]
    float* o;        // [lanes, value_depth], sums not yet divided
    float* maximum;  // [lanes] of the scores so far, units of log2
    float* sum;      // [lanes] of the weights so far, relative to it
  };

  AmxForward(const ForwardBlock& block, float* scratch)
      : block_(block), layout_(block.stream.depth, block.value_depth), scratch_(scratch) {}

  Half* halves(std::int64_t at) const { return reinterpret_cast<Half*>(scratch_ + at); }
  Running running(int t) const {
    float* const at = scratch_ + layout_.tiles + t * layout_.tile_size;
    float* const o = at + lanes * layout_.depth / 2;
    float* const maximum = o + lanes * layout_.value_depth;
    return {reinterpret_cast<Half*>(at), o, maximum, maximum + lanes};
  }

  void begin_tile(int t) const {
    const Tile& tile = block_.tiles[t];
    const Running run = running(t);
    std::memset(run.queries, 0, static_cast<std::size_t>(lanes * layout_.depth) * sizeof(Half));
    for (int lane = 0; lane < tile.count; ++lane) {
      std::memcpy(run.queries + lane * layout_.depth, tile.source[lane],
                  static_cast<std::size_t>(block_.stream.depth) * sizeof(Half));
    }
    std::fill_n(run.o, lanes * layout_.value_depth, 0.0F);
    std::fill_n(run.maximum, lanes, -std::numeric_limits<float>::infinity());
    std::fill_n(run.sum, lanes, 0.0F);
    if (block_.first) return;
    for (int lane = 0; lane < tile.count; ++lane) {
      const std::int64_t query = static_cast<std::int64_t>(t) * lanes + lane;
      run.maximum[lane] = -block_.negated_max[query];
      run.sum[lane] = block_.sum[query];
      std::copy_n(block_.o + query * block_.o_stride, block_.value_depth, run.o + lane * layout_.value_depth);
    }
  }

  void end_tile(int t) const {
    const Running run = running(t);
    for (int lane = 0; lane < block_.tiles[t].count; ++lane) {
      const std::int64_t query = static_cast<std::int64_t>(t) * lanes + lane;
      float factor = 1;
      if (block_.last) {
        const FinishedRow row = finish_row(run.sum[lane], run.maximum[lane], block_.sink_logit);
        factor = row.factor;
        if (block_.lse != nullptr) block_.lse[query] = row.lse;
      } else {
        block_.negated_max[query] = -run.maximum[lane];
        block_.sum[query] = run.sum[lane];
      }
      for (std::int64_t c = 0; c < block_.value_depth; ++c)
        block_.o[query * block_.o_stride + c] = run.o[lane * layout_.value_depth + c] * factor;
    }
  }

  // One block of keys for all tiles that see some of it.
  void attend(KeyRange keys) const {
    bool packed = false;
    for (int t = 0; t < block_.tile_count; ++t) {
      const BlockState state = block_.tiles[t].state(keys.begin, keys.end);
      if (state == BlockState::none) continue;
      if (!packed) pack(keys);
      packed = true;
      const std::int64_t steps = (keys.end - keys.begin + step - 1) / step;
      const Running run = running(t);
      score(run, steps);
      weigh(block_.tiles[t], run, keys, steps, state == BlockState::all);
      add_values(run, steps);
    }
  }

  // Keys and values in the order that the second operand of a product has: pairs of halves, one pair a column, so that
  // row r of a register holds numbers 2 r and 2 r + 1 of what is summed over. Keys: registers of 16 keys x 32
  // dimensions. Values: registers of 32 keys x 16 dimensions. Zeros fill what is not there.
  void pack(KeyRange keys) const {
    const auto count = keys.end - keys.begin;
    std::memset(halves(layout_.keys), 0, static_cast<std::size_t>(block_rows * layout_.depth) * sizeof(Half));
    const auto* const stored = static_cast<const Half*>(block_.stream.halves);
    for (std::int64_t k = 0; k < count; ++k) {
      const Half* const row = stored + (keys.begin + k) * block_.stream.stride;
      Half* const column = halves(layout_.keys) + k / 16 * 16 * layout_.depth + k % 16 * 2;
      for (std::int64_t c = 0; c < block_.stream.depth; ++c)
        column[c / step * tile_halves + c % step / 2 * step + c % 2] = row[c];
    }
    std::memset(halves(layout_.values), 0, static_cast<std::size_t>(block_rows * layout_.value_depth) * sizeof(Half));
    const auto* const values = static_cast<const Half*>(block_.values);
    for (std::int64_t k = 0; k < count; ++k) {
      const Half* const row = values + (keys.begin + k) * block_.value_stride;
      Half* const pair = halves(layout_.values) + k / step * step * layout_.value_depth + k % step / 2 * step + k % 2;
      for (std::int64_t c = 0; c < block_.value_depth; ++c) pair[c / 16 * tile_halves + c % 16 * 2] = row[c];
    }
  }

  // Dot products of the tile's queries with `steps` times 32 keys, into the scores.
  void score(const Running& run, std::int64_t steps) const {
    const std::int64_t row = layout_.depth * static_cast<std::int64_t>(sizeof(Half));
    constexpr std::int64_t score_row = score_stride * static_cast<std::int64_t>(sizeof(float));
    float* const scores = scratch_ + layout_.scores;
    for (std::int64_t s = 0; s < steps; ++s) {
      const Half* const keys = halves(layout_.keys) + s * step * layout_.depth;
      Tiles::template zero<0>();
      Tiles::template zero<1>();
      Tiles::template zero<2>();
      Tiles::template zero<3>();
      for (std::int64_t c = 0; c < layout_.depth; c += step) {
        Tiles::template load<4>(run.queries + c, row);
        Tiles::template load<5>(run.queries + 16 * layout_.depth + c, row);
        Tiles::template load<6>(keys + c / step * tile_halves, 64);
        Tiles::template load<7>(keys + 16 * layout_.depth + c / step * tile_halves, 64);
        multiply_four();
      }
      float* const to = scores + s * step;
      Tiles::template store<0>(to, score_row);
      Tiles::template store<1>(to + 16, score_row);
      Tiles::template store<2>(to + 16 * score_stride, score_row);
      Tiles::template store<3>(to + 16 * score_stride + 16, score_row);
    }
  }

  // Registers 0 to 3 are two by two results of 4 and 5 (rows) with 6 and 7 (columns).
  static void multiply_four() {
    Tiles::template multiply<0, 4, 6>();
    Tiles::template multiply<1, 4, 7>();
    Tiles::template multiply<2, 5, 6>();
    Tiles::template multiply<3, 5, 7>();
  }

  // Scores to weights, rounded to bf16; sums and maxima go on, and what was summed before is scaled to a new maximum.
  void weigh(const Tile& tile, const Running& run, KeyRange keys, std::int64_t steps, bool all) const {
    const std::int64_t count = steps * step;
    for (int lane = 0; lane < lanes; ++lane) {
      float* const scores = scratch_ + layout_.scores + lane * score_stride;
      Half* const weights = halves(layout_.weights) + lane * block_rows;
      for (std::int64_t k = 0; k < count; ++k) scores[k] *= block_.stream.form.factor;
      if (lane >= tile.count) {
        std::fill_n(weights, count, Half{0});
        continue;
      }
      if (!all) hide(tile, lane, keys, scores);
      std::fill(scores + (keys.end - keys.begin), scores + count, -std::numeric_limits<float>::infinity());
      const float largest = std::max(run.maximum[lane], largest_of(scores, count));
      if (largest == -std::numeric_limits<float>::infinity()) {  // this query has seen nothing yet
        std::fill_n(weights, count, Half{0});
        continue;
      }
      if (largest > run.maximum[lane]) {
        const float kept = exp2_of(run.maximum[lane] - largest);
        run.sum[lane] *= kept;
        for (std::int64_t c = 0; c < layout_.value_depth; ++c) run.o[lane * layout_.value_depth + c] *= kept;
        run.maximum[lane] = largest;
      }
      run.sum[lane] += exponentiate(scores, count, largest, weights);
    }
  }

  static void hide(const Tile& tile, int lane, KeyRange keys, float* scores) {
    for (std::int64_t k = keys.begin; k < keys.end; ++k) {
      if (!tile.sees(lane, k)) scores[k - keys.begin] = -std::numeric_limits<float>::infinity();
    }
  }

  // In 16 strands, as the compiler makes vectors of them; `count` is a multiple of 32.
  static float largest_of(const float* scores, std::int64_t count) {
    float most[16];
    std::copy_n(scores, 16, most);
    for (std::int64_t k = 16; k < count; k += 16) {
      for (int i = 0; i < 16; ++i) most[i] = scores[k + i] > most[i] ? scores[k + i] : most[i];
    }
    return *std::max_element(most, most + 16);
  }
  static float exponentiate(const float* scores, std::int64_t count, float largest, Half* weights) {
    float sums[16] = {};
    for (std::int64_t k = 0; k < count; k += 16) {
      for (int i = 0; i < 16; ++i) {
        const float weight = exp2_of(scores[k + i] - largest);
        sums[i] += weight;
        const auto bits = std::bit_cast<std::uint32_t>(weight);
        weights[k + i] = static_cast<Half>((bits + 0x7fffU + (bits >> 16U & 1U)) >> 16U);  // to nearest, ties to even
      }
    }
    float sum = 0;
    for (const float one : sums) sum += one;
    return sum;
  }

  // 2^x for x <= 0: the polynomial of exp2-inl.h; exactly 0 below -126.5.
  static float exp2_of(float x) {
    constexpr float shift = 12582912.0F;  // 1.5 * 2^23: adding it rounds to a whole number, kept in the low bits
    x = x < -127.0F ? -127.0F : x;
    const float shifted = x + shift;
    const float f = x - (shifted - shift);
    float p = 0.001326472731307149F;
    p = p * f + 0.009671512991189957F;
    p = p * f + 0.05550733581185341F;
    p = p * f + 0.24022242426872253F;
    p = p * f + 0.6931470036506653F;
    p = p * f + 1.0F;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(p) + (std::bit_cast<std::uint32_t>(shifted) << 23U));
  }

  // Weights times values, added to the sums.
  void add_values(const Running& run, std::int64_t steps) const {
    const std::int64_t o_row = layout_.value_depth * static_cast<std::int64_t>(sizeof(float));
    constexpr std::int64_t weight_row = block_rows * static_cast<std::int64_t>(sizeof(Half));
    const Half* const weights = halves(layout_.weights);
    for (std::int64_t c = 0; c < layout_.value_depth; c += 32) {
      float* const top = run.o + c;
      float* const bottom = run.o + 16 * layout_.value_depth + c;
      Tiles::template load<0>(top, o_row);
      Tiles::template load<1>(top + 16, o_row);
      Tiles::template load<2>(bottom, o_row);
      Tiles::template load<3>(bottom + 16, o_row);
      for (std::int64_t s = 0; s < steps; ++s) {
        const Half* const values = halves(layout_.values) + s * step * layout_.value_depth + c / 16 * tile_halves;
        Tiles::template load<4>(weights + s * step, weight_row);
        Tiles::template load<5>(weights + 16 * block_rows + s * step, weight_row);
        Tiles::template load<6>(values, 64);
        Tiles::template load<7>(values + tile_halves, 64);
        multiply_four();
      }
      Tiles::template store<0>(top, o_row);
      Tiles::template store<1>(top + 16, o_row);
      Tiles::template store<2>(bottom, o_row);
      Tiles::template store<3>(bottom + 16, o_row);
    }
  }

  const ForwardBlock& block_;
  const Layout layout_;
  float* const scratch_;
};

}  // namespace attnscope::cpu
