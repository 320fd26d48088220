// Stored numbers of any type as floats: rows of a tile, packed, and blocks of streamed rows. Compiled for each
// instruction set.
#if defined(ATTNSCOPE_CPU_WIDEN_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTNSCOPE_CPU_WIDEN_INL_H
#undef ATTNSCOPE_CPU_WIDEN_INL_H
#else
#define ATTNSCOPE_CPU_WIDEN_INL_H
#endif

#include <algorithm>
#include <type_traits>

#include "attention/cpu/micro_kernel-inl.h"
#include "attention/cpu/tile.h"

HWY_BEFORE_NAMESPACE();
namespace attnscope::cpu::HWY_NAMESPACE {

// Numbers c, c + 1, ... of a stored row, a whole vector of them.
template <DType type>
HWY_INLINE Vector load_wide(const void* row, std::int64_t c) {
  if constexpr (type == DType::f32) {
    return hn::LoadU(Floats(), static_cast<const float*>(row) + c);
  } else {
    using Half = std::conditional_t<type == DType::f16, hwy::float16_t, hwy::bfloat16_t>;
    return hn::PromoteTo(Floats(), hn::LoadU(hn::Rebind<Half, Floats>(), static_cast<const Half*>(row) + c));
  }
}

template <DType type>
HWY_INLINE float wide_at(const void* row, std::int64_t c) {
  if constexpr (type == DType::f32) return static_cast<const float*>(row)[c];
  const std::uint16_t bits = static_cast<const std::uint16_t*>(row)[c];
  return type == DType::f16 ? float_from_f16(bits) : float_from_bf16(bits);
}

// Calls visit(type), a std::integral_constant, for the type known at run time.
template <class Visit>
HWY_INLINE void with_type(DType type, Visit visit) {
  if (type == DType::f32) visit(std::integral_constant<DType, DType::f32>());
  if (type == DType::f16) visit(std::integral_constant<DType, DType::f16>());
  if (type == DType::bf16) visit(std::integral_constant<DType, DType::bf16>());
}

template <DType type>
inline void widen_row(const void* row, std::int64_t count, float* to) {
  std::int64_t c = 0;
  for (; c + vector_lanes <= count; c += vector_lanes) hn::StoreU(load_wide<type>(row, c), Floats(), to + c);
  for (; c < count; ++c) to[c] = wide_at<type>(row, c);
}

// to [r1 - r0 in whole groups of max_rows, padded] = the rows [r0, r1) of `count` halves each, and zeros around them.
inline HWY_NOINLINE void widen_rows(const void* halves, DType type, std::int64_t stride, KeyRange rows_of,
                                    std::int64_t count, std::int64_t padded, float* to) {
  with_type(type, [&](auto known) {
    const auto* row = static_cast<const std::uint16_t*>(halves) + rows_of.begin * stride;
    for (std::int64_t r = rows_of.begin; r < rows_of.end; ++r, row += stride, to += padded) {
      widen_row<known.value>(row, count, to);
      std::fill(to + count, to + padded, 0.0F);
    }
  });
  const std::int64_t missing = (max_rows - (rows_of.end - rows_of.begin) % max_rows) % max_rows;
  std::fill(to, to + missing * padded, 0.0F);
}

// The same stream where it is of floats; else one that has the rows [r0, r1) in `memory`, at most block_rows from a
// multiple of max_rows on.
inline Stream widened(const Stream& stream, KeyRange rows_of, float* memory) {
  if (stream.halves == nullptr) return stream;
  widen_rows(stream.halves, stream.dtype, stream.stride, rows_of, stream.depth, stream.depth, memory);
  Stream block = stream;
  block.data = memory;
  block.stride = stream.depth;
  block.first = rows_of.begin;
  block.rows = (rows_of.end + max_rows - 1) / max_rows * max_rows;  // the padding is as good as rows
  return block;
}

// packed [depth, lanes] = factor * the tile's rows, transposed.
inline void pack(const Tile& tile, std::int64_t depth, float factor, float* packed) {
  constexpr std::int64_t at_once = 64;
  float row[at_once];
  for (int lane = 0; lane < lanes; ++lane) {
    for (std::int64_t c0 = 0; c0 < depth; c0 += at_once) {
      const std::int64_t count = std::min(at_once, depth - c0);
      with_type(tile.dtype, [&](auto known) {
        const auto* from = static_cast<const std::byte*>(tile.source[lane]) + c0 * size_of(known.value);
        widen_row<known.value>(from, count, row);
      });
      for (std::int64_t c = 0; c < count; ++c) packed[(c0 + c) * lanes + lane] = row[c] * factor;
    }
  }
}

}  // namespace attnscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
