// Statistics of rows of P in one pass over the keys. Compiled for each instruction set.
#if defined(ATTNSCOPE_CPU_STATS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTNSCOPE_CPU_STATS_INL_H
#undef ATTNSCOPE_CPU_STATS_INL_H
#else
#define ATTNSCOPE_CPU_STATS_INL_H
#endif

#include <limits>

#include "attention/cpu/exp2-inl.h"
#include "attention/cpu/score-inl.h"
#include "attention/cpu/stats_kernel.h"
#include "attention/cpu/sum-inl.h"

HWY_BEFORE_NAMESPACE();
namespace attnscope::cpu::HWY_NAMESPACE {

inline void clear(RowSums& sums) {
  for (int lane = 0; lane < lanes; ++lane) {
    sums.entropy[lane] = sums.distance[lane] = sums.self[lane] = sums.previous[lane] = sums.first[lane] = 0;
    sums.entropy_lost[lane] = sums.distance_lost[lane] = 0;
    sums.largest[lane] = -std::numeric_limits<float>::infinity();
    sums.largest_key[lane] = -1;
  }
}

// Keeps the weights of the keys that have names of their own: 0, the query's own position, the one before.
inline HWY_NOINLINE void pick_named(const float* scores, std::int64_t k, std::int64_t position, RowSums& sums) {
  alignas(64) float p[rows * lanes];
  for (int at = 0; at < rows * lanes; at += vector_lanes) store(p + at, exp2(load(scores + at)));
  for (int lane = 0; lane < lanes; ++lane) {
    const std::int64_t own = position + lane - k;
    if (k == 0) sums.first[lane] = p[lane];
    if (own >= 0 && own < rows) sums.self[lane] = p[own * lanes + lane];
    if (own >= 1 && own <= rows) sums.previous[lane] = p[(own - 1) * lanes + lane];
  }
}

// Takes over what is larger than the largest so far, key by key, so that the lowest key among equals stays.
inline HWY_NOINLINE void raise_largest(const float* scores, std::int64_t k, RowSums& sums) {
  for (int at = 0; at < lanes; at += vector_lanes) {
    Vector largest = load(sums.largest + at);
    auto key = hn::Load(Ints(), sums.largest_key + at);
    for (int i = 0; i < rows; ++i) {
      const Vector score = load(scores + i * lanes + at);
      const auto larger = hn::Gt(score, largest);
      largest = hn::IfThenElse(larger, score, largest);
      key = hn::IfThenElse(hn::RebindMask(Ints(), larger), hn::Set(Ints(), static_cast<std::int32_t>(k) + i), key);
    }
    store(sums.largest + at, largest);
    hn::Store(key, Ints(), sums.largest_key + at);
  }
}

// Whether one of the keys [k, k + rows) has a name for one of the lanes that stand at `position` and after.
HWY_INLINE bool has_named(std::int64_t k, std::int64_t position) {
  return k == 0 || (k <= position + lanes - 1 && k + rows > position - 1);
}

inline HWY_NOINLINE void add_part(const Stream& stream, const Tile& tile, const float* packed, KeyRange part,
                                  std::int64_t position, RowSums& sums) {
  Vector entropy[vectors];
  Vector distance[vectors];
#pragma GCC unroll 3
  for (int j = 0; j < vectors; ++j) entropy[j] = distance[j] = hn::Zero(Floats());
  for_each_group(stream, tile, packed, part, [&](std::int64_t k, Block& scores) {
    bool larger = false;
#pragma GCC unroll 3
    for (int j = 0; j < vectors; ++j) {
      Vector top = scores[0][j];
#pragma GCC unroll 8
      for (int i = 1; i < rows; ++i) top = hn::Max(top, scores[i][j]);
      larger |= !hn::AllFalse(Floats(), hn::Gt(top, load(sums.largest + j * vector_lanes)));
    }
    const bool named = has_named(k, position);
    if (HWY_UNLIKELY(larger || named)) {
      alignas(64) float stored[rows * lanes];
      store_block(scores, stored);
      if (larger) raise_largest(stored, k, sums);
      if (named) pick_named(stored, k, position, sums);
    }
#pragma GCC unroll 3
    for (int j = 0; j < vectors; ++j) {
      const auto from = hn::Iota(Ints(), static_cast<std::int32_t>(position - k) + j * vector_lanes);
      const Vector offset = hn::ConvertTo(Floats(), from);
      // A group is summed apart and then added, which keeps the error of many equal weights down.
      Vector group_entropy = hn::Zero(Floats());
      Vector group_distance = hn::Zero(Floats());
#pragma GCC unroll 8
      for (int i = 0; i < rows; ++i) {
        // ln P = (score - lse), so that -P ln P needs no logarithm; a weight of 0 must not meet -inf.
        const Vector log_p = hn::Max(scores[i][j], splat(-150.0F));
        const Vector p = exp2(scores[i][j]);
        group_entropy = hn::NegMulAdd(p, log_p, group_entropy);
        group_distance = hn::MulAdd(p, hn::Abs(hn::Sub(offset, splat(static_cast<float>(i)))), group_distance);
      }
      entropy[j] = hn::Add(entropy[j], group_entropy);
      distance[j] = hn::Add(distance[j], group_distance);
    }
  });
#pragma GCC unroll 3
  for (int j = 0; j < vectors; ++j) {
    const int at = j * vector_lanes;
    add_to(sums.entropy + at, sums.entropy_lost + at, entropy[j]);
    add_to(sums.distance + at, sums.distance_lost + at, distance[j]);
  }
}

inline void row_sums(const TileWork& work, std::int64_t first_position, RowSums* sums, float* scratch) {
  const bool last = work.rows.end >= work.stream.rows;
  const std::int64_t packed_size = work.stream.depth * lanes;
  for (int t = 0; t < work.tile_count; ++t) {
    pack(work.tiles[t], work.stream.depth, work.stream.form.factor, scratch + t * packed_size);
    if (work.rows.begin == 0) clear(sums[t]);
  }
  for_each_part(work, [&](const Stream& stream, int t, KeyRange part) {
    add_part(stream, work.tiles[t], scratch + t * packed_size, part, first_position + t * lanes, sums[t]);
  });
  if (!last) return;
  for (int t = 0; t < work.tile_count; ++t) {
    for (int at = 0; at < lanes; at += vector_lanes) {
      const Vector nats = hn::Mul(load(sums[t].entropy + at), splat(static_cast<float>(ln_2)));
      store(sums[t].entropy + at, hn::Max(nats, hn::Zero(Floats())));
      store(sums[t].largest + at, exp2(load(sums[t].largest + at)));
    }
  }
}

}  // namespace attnscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
