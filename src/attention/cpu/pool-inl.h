// How scores become pixels: sums of P, or the largest score, over the keys of a pixel column. Compiled for each
// instruction set.
#if defined(ATTNSCOPE_CPU_POOL_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTNSCOPE_CPU_POOL_INL_H
#undef ATTNSCOPE_CPU_POOL_INL_H
#else
#define ATTNSCOPE_CPU_POOL_INL_H
#endif

#include <limits>

#include "attention/cpu/exp2-inl.h"
#include "attention/cpu/score-inl.h"

HWY_BEFORE_NAMESPACE();
namespace attnscope::cpu::HWY_NAMESPACE {

// Max pooling compares scores, since exp2 is monotone: one exp2 a pixel instead of one a cell.
template <bool max>
struct Pooling {
  static constexpr float nothing = max ? -std::numeric_limits<float>::infinity() : 0.0F;
  static HWY_INLINE Vector value(Vector score) {
    if constexpr (max) return score;
    return exp2(score);
  }
  static HWY_INLINE Vector combine(Vector a, Vector b) {
    if constexpr (max) return hn::Max(a, b);
    return hn::Add(a, b);
  }
  static HWY_INLINE float combine(float a, float b) {
    if constexpr (max) return a > b ? a : b;
    return a + b;
  }
  static HWY_INLINE float reduce(Vector v) {
    if constexpr (max) return hn::GetLane(hn::MaxOfLanes(Floats(), v));
    return hn::GetLane(hn::SumOfLanes(Floats(), v));
  }
};

// The pixel column that runs on while keys pass by, kept in registers until its last key.
template <bool max>
class RunningColumn {
 public:
  // `edges` as in MapWork; key `begin` is the first to be added; `columns` [columns, lanes].
  HWY_INLINE RunningColumn(std::span<const std::int32_t> edges, std::int64_t begin, float* columns)
      : edges_(edges), columns_(columns) {
    column_ = std::upper_bound(edges.begin(), edges.end() - 1, begin) - edges.begin() - 1;
    reset();
  }

  // Adds the values of keys k, k + 1, ... up to `end`.
  HWY_INLINE void add(std::int64_t k, std::int64_t end, Block& scores) {
#pragma GCC unroll 8
    for (int i = 0; i < rows; ++i)
#pragma GCC unroll 3
      for (int j = 0; j < vectors; ++j) scores[i][j] = Pooling<max>::value(scores[i][j]);
    if (HWY_LIKELY(k + rows <= edges_[column_ + 1])) {
#pragma GCC unroll 3
      for (int j = 0; j < vectors; ++j) {
        Vector group = scores[0][j];
#pragma GCC unroll 8
        for (int i = 1; i < rows; ++i) group = Pooling<max>::combine(group, scores[i][j]);
        running_[j] = Pooling<max>::combine(running_[j], group);
      }
      return;
    }
#pragma GCC unroll 8
    for (int i = 0; i < rows; ++i) {
      if (k + i == edges_[column_ + 1] && k + i < end) next();
      if (k + i < end) {
#pragma GCC unroll 3
        for (int j = 0; j < vectors; ++j) running_[j] = Pooling<max>::combine(running_[j], scores[i][j]);
      }
    }
  }

  // Combines what runs with its place in `columns`.
  HWY_INLINE void flush() {
    float* to = columns_ + column_ * lanes;
#pragma GCC unroll 3
    for (int j = 0; j < vectors; ++j)
      store(to + j * vector_lanes, Pooling<max>::combine(load(to + j * vector_lanes), running_[j]));
  }

 private:
  HWY_INLINE void reset() {
#pragma GCC unroll 3
    for (int j = 0; j < vectors; ++j) running_[j] = splat(Pooling<max>::nothing);
  }
  HWY_INLINE void next() {
    flush();
    reset();
    ++column_;
  }

  std::span<const std::int32_t> edges_;
  float* columns_;
  std::int64_t column_;
  Vector running_[vectors];
};

}  // namespace attnscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
