// The running maximum of a one-pass softmax (Milakov and Gimelshein 2018), which moves only when a score exceeds it by
// 2^lazy_bound (as in FlashAttention-4): exact, since every sum is scaled when it moves. Compiled for each instruction
// set.
#if defined(ATTNSCOPE_CPU_MAXIMUM_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTNSCOPE_CPU_MAXIMUM_INL_H
#undef ATTNSCOPE_CPU_MAXIMUM_INL_H
#else
#define ATTNSCOPE_CPU_MAXIMUM_INL_H
#endif

#include <limits>

#include "attention/cpu/exp2-inl.h"

HWY_BEFORE_NAMESPACE();
namespace attnscope::cpu::HWY_NAMESPACE {

constexpr float lazy_bound = 12;

// By lane, in units of log2.
struct RunningMaximum {
  float* negated;  // -maximum, which scores start from
  float* sum;      // of exp2(score - maximum), of finished blocks
  bool settled;    // every lane has seen a key, so that its maximum means something
};

// What moving the maximum does to values computed before.
struct alignas(64) MaximumMove {
  float shift[lanes];   // to be subtracted from scores
  float factor[lanes];  // to be multiplied with weights
};

// Whether the scores with these largest values, relative to the maximum, need it to move.
HWY_INLINE bool must_move(const RunningMaximum& maximum, const Vector (&top)[vectors]) {
  const Vector highest = hn::Max(hn::Max(top[0], top[1]), top[2]);
  return !maximum.settled || !hn::AllFalse(Floats(), hn::Gt(highest, splat(lazy_bound)));
}

HWY_INLINE void largest_of_group(const Block& scores, Vector (&top)[vectors]) {
#pragma GCC unroll 3
  for (int j = 0; j < vectors; ++j) {
    top[j] = scores[0][j];
#pragma GCC unroll 8
    for (int i = 1; i < rows; ++i) top[j] = hn::Max(top[j], scores[i][j]);
  }
}

// Moves the maximum of the lanes with top > 0, and of those that see a key for the first time; scales both sums.
inline HWY_NOINLINE void move_maximum(RunningMaximum& maximum, const float* top, float* block_sum, MaximumMove& move) {
  maximum.settled = true;
  const Vector zero = hn::Zero(Floats());
  const Vector nothing = splat(-std::numeric_limits<float>::infinity());
  for (int at = 0; at < lanes; at += vector_lanes) {
    const Vector highest = load(top + at);
    const auto seen = hn::Gt(hn::Add(load(maximum.sum + at), load(block_sum + at)), zero);
    const auto seen_now = hn::Gt(highest, nothing);
    const Vector shift = hn::IfThenElse(seen, hn::Max(highest, zero), hn::IfThenElseZero(seen_now, highest));
    const Vector factor = hn::IfThenElseZero(seen, exp2_bounded(hn::Neg(shift)));
    if (!hn::AllTrue(Floats(), hn::Or(seen, seen_now))) maximum.settled = false;
    store(move.shift + at, shift);
    store(move.factor + at, factor);
    store(maximum.negated + at, hn::Sub(load(maximum.negated + at), shift));
    store(maximum.sum + at, hn::Mul(load(maximum.sum + at), factor));
    store(block_sum + at, hn::Mul(load(block_sum + at), factor));
  }
}

// `values` [count, lanes] *= factor of each lane.
inline void scale_lanes(float* values, std::int64_t count, const MaximumMove& move) {
  for (std::int64_t c = 0; c < count; ++c, values += lanes)
    for (int at = 0; at < lanes; at += vector_lanes)
      store(values + at, hn::Mul(load(values + at), load(move.factor + at)));
}

// Moves the maximum for a group of scores whose largest are `top`, and with it the scores and this block's `sums`.
HWY_INLINE void move_for_group(RunningMaximum& maximum, const Vector (&top)[vectors], Block& scores,
                               Vector (&sums)[vectors], MaximumMove& move) {
  alignas(64) float tops[lanes];
  alignas(64) float block_sum[lanes];
#pragma GCC unroll 3
  for (int j = 0; j < vectors; ++j) {
    store(tops + j * vector_lanes, top[j]);
    store(block_sum + j * vector_lanes, sums[j]);
  }
  move_maximum(maximum, tops, block_sum, move);
#pragma GCC unroll 3
  for (int j = 0; j < vectors; ++j) {
    sums[j] = load(block_sum + j * vector_lanes);
    const Vector shift = load(move.shift + j * vector_lanes);
#pragma GCC unroll 8
    for (int i = 0; i < rows; ++i) scores[i][j] = hn::Sub(scores[i][j], shift);
  }
}

}  // namespace attnscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
