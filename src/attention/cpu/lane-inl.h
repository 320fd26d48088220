// Weights of one lane alone, for the few rows that are asked for one by one: dot products along the depth instead of
// across the lanes. Compiled for each instruction set.
#if defined(ATTNSCOPE_CPU_LANE_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTNSCOPE_CPU_LANE_INL_H
#undef ATTNSCOPE_CPU_LANE_INL_H
#else
#define ATTNSCOPE_CPU_LANE_INL_H
#endif

#include <limits>

#include "attention/cpu/exp2-inl.h"
#include "attention/cpu/tile.h"

HWY_BEFORE_NAMESPACE();
namespace attnscope::cpu::HWY_NAMESPACE {

// dots[i] = dot(row, others + i * stride) for i < count; `together` of them at once, since each waits for its sums.
template <int together>
HWY_INLINE void dot_products(const float* row, const float* others, std::int64_t stride, std::int64_t depth,
                             float* dots) {
  Vector sums[together];
#pragma GCC unroll 4
  for (int i = 0; i < together; ++i) sums[i] = hn::Zero(Floats());
  std::int64_t c = 0;
  for (; c + vector_lanes <= depth; c += vector_lanes) {
    const Vector left = hn::LoadU(Floats(), row + c);
#pragma GCC unroll 4
    for (int i = 0; i < together; ++i)
      sums[i] = hn::MulAdd(left, hn::LoadU(Floats(), others + i * stride + c), sums[i]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < together; ++i) {
    dots[i] = hn::GetLane(hn::SumOfLanes(Floats(), sums[i]));
    for (std::int64_t rest = c; rest < depth; ++rest) dots[i] += row[rest] * others[i * stride + rest];
  }
}

// p [part] = weights of the streamed rows of a part of at most block_rows, 0 where the lane does not see them; 64-byte
// aligned with room for a vector more.
inline void lane_weights(const Tile& tile, int lane, const Stream& stream, float factor, KeyRange part, float* p) {
  constexpr int together = 4;
  const float* row = tile.source[lane];
  std::int64_t r = part.begin;
  for (; r + together <= part.end; r += together)
    dot_products<together>(row, stream.data + r * stream.stride, stream.stride, stream.depth, p + (r - part.begin));
  for (; r < part.end; ++r)
    dot_products<1>(row, stream.data + r * stream.stride, stream.stride, stream.depth, p + (r - part.begin));
  for (r = part.begin; r < part.end; ++r) {
    float& score = p[r - part.begin];
    score = tile.start[lane] + factor * score;
    if (stream.bias != nullptr) score += stream.bias[r];
    if (!tile.sees(lane, r)) score = -std::numeric_limits<float>::infinity();
  }
  for (std::int64_t at = 0; at < part.end - part.begin; at += vector_lanes) store(p + at, exp2(load(p + at)));
}

}  // namespace attnscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
