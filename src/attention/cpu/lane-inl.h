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
#include "attention/cpu/tanh-inl.h"
#include "attention/cpu/tile.h"
#include "attention/cpu/widen-inl.h"

HWY_BEFORE_NAMESPACE();
namespace attnscope::cpu::HWY_NAMESPACE {

// dots[i] = dot(row, others + i * stride) for i < count, all of them stored as `type`; `together` of them at once,
// since each waits for its sums.
template <DType type, int together>
HWY_INLINE void dot_products(const void* row, const std::byte* others, std::size_t stride, std::int64_t depth,
                             float* dots) {
  Vector sums[together];
#pragma GCC unroll 4
  for (int i = 0; i < together; ++i) sums[i] = hn::Zero(Floats());
  std::int64_t c = 0;
  for (; c + vector_lanes <= depth; c += vector_lanes) {
    const Vector left = load_wide<type>(row, c);
#pragma GCC unroll 4
    for (int i = 0; i < together; ++i)
      sums[i] = hn::MulAdd(left, load_wide<type>(others + static_cast<std::size_t>(i) * stride, c), sums[i]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < together; ++i) {
    dots[i] = hn::GetLane(hn::SumOfLanes(Floats(), sums[i]));
    const std::byte* other = others + static_cast<std::size_t>(i) * stride;
    for (std::int64_t rest = c; rest < depth; ++rest) dots[i] += wide_at<type>(row, rest) * wide_at<type>(other, rest);
  }
}

// dots [part] = dot products of a lane's row with the streamed rows of a part.
template <DType type>
inline void lane_dots(const void* row, const Stream& stream, KeyRange part, float* dots) {
  constexpr int together = 4;
  const std::size_t stride = static_cast<std::size_t>(stream.stride) * size_of(type);
  const void* data = type == DType::f32 ? stream.data : stream.halves;
  const std::byte* other = static_cast<const std::byte*>(data) + static_cast<std::size_t>(part.begin) * stride;
  std::int64_t r = part.begin;
  for (; r + together <= part.end; r += together, other += together * stride, dots += together)
    dot_products<type, together>(row, other, stride, stream.depth, dots);
  for (; r < part.end; ++r, other += stride, ++dots) dot_products<type, 1>(row, other, stride, stream.depth, dots);
}

// p [part] = weights of the streamed rows of a part of at most block_rows, 0 where the lane does not see them; 64-byte
// aligned with room for a vector more. The stream begins with row 0.
inline void lane_weights(const Tile& tile, int lane, const Stream& stream, KeyRange part, float* p) {
  with_type(stream.dtype, [&](auto known) { lane_dots<known.value>(tile.source[lane], stream, part, p); });
  const ScoreForm& form = stream.form;
  const std::int64_t count = part.end - part.begin;
  for (std::int64_t at = 0; at < count; at += vector_lanes) {
    Vector score = hn::Mul(load(p + at), splat(form.factor));
    if (form.cap != 0) score = hn::Mul(tanh(score), splat(form.cap));
    store(p + at, score);
  }
  for (std::int64_t r = part.begin; r < part.end; ++r) {
    float& score = p[r - part.begin];
    score += tile.start[lane] + form.slope * static_cast<float>(tile.origin + r - tile.position[lane]);
    if (stream.bias != nullptr) score += stream.bias[r];
    if (!tile.sees(lane, r)) score = -std::numeric_limits<float>::infinity();
  }
  for (std::int64_t at = 0; at < count; at += vector_lanes) store(p + at, exp2(load(p + at)));
}

}  // namespace attnscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
