// The kernel of sampled_map_kernel.h. Compiled for each instruction set.
#if defined(ATTNSCOPE_CPU_SAMPLED_MAP_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTNSCOPE_CPU_SAMPLED_MAP_INL_H
#undef ATTNSCOPE_CPU_SAMPLED_MAP_INL_H
#else
#define ATTNSCOPE_CPU_SAMPLED_MAP_INL_H
#endif

#include <cmath>

#include "attention/cpu/maximum-inl.h"
#include "attention/cpu/sampled_map_kernel.h"
#include "attention/cpu/score-inl.h"

HWY_BEFORE_NAMESPACE();
namespace attnscope::cpu::HWY_NAMESPACE {

inline std::size_t sampled_scratch_size(std::int64_t depth) {
  return static_cast<std::size_t>(tiles_at_once * lanes * depth);
}

// The segment that runs on while keys pass by: the sum of its weights and, for max pooling, its largest score.
template <bool max>
class RunningSegment {
 public:
  HWY_INLINE RunningSegment(const SampledWork& work, const SampledTile& result, RunningMaximum& maximum,
                            std::int64_t begin)
      : edges_(work.edges), result_(result), maximum_(maximum) {
    segment_ = std::upper_bound(edges_.begin(), edges_.end() - 1, begin) - edges_.begin() - 1;
    reset();
  }

  HWY_INLINE void add(std::int64_t k, std::int64_t end, Block& scores) {
    Vector top[vectors];
    largest_of_group(scores, top);
    if (HWY_UNLIKELY(must_move(maximum_, top))) {
      MaximumMove move;
      move_for_group(maximum_, top, scores, sums_, move);
#pragma GCC unroll 3
      for (int j = 0; j < vectors; ++j) {
        const Vector shift = load(move.shift + j * vector_lanes);
        top[j] = hn::Sub(top[j], shift);
        if constexpr (max) largest_[j] = hn::Sub(largest_[j], shift);
      }
    }
    const bool inside = k + rows <= edges_[segment_ + 1];
#pragma GCC unroll 8
    for (int i = 0; i < rows; ++i) {
      if (!inside && k + i == edges_[segment_ + 1] && k + i < end) next();
#pragma GCC unroll 3
      for (int j = 0; j < vectors; ++j) {
        const Vector weight = exp2_bounded(scores[i][j]);
        group_[j] = i == 0 ? weight : hn::Add(group_[j], weight);
        if (max && !inside) largest_[j] = hn::Max(largest_[j], scores[i][j]);
      }
    }
    add_group();
    if (!max || !inside) return;
#pragma GCC unroll 3
    for (int j = 0; j < vectors; ++j) largest_[j] = hn::Max(largest_[j], top[j]);
  }

  HWY_INLINE void flush() {
#pragma GCC unroll 3
    for (int j = 0; j < vectors; ++j) {
      const int at = j * vector_lanes;
      const Vector negated = load(maximum_.negated + at);
      store(maximum_.sum + at, hn::Add(load(maximum_.sum + at), sums_[j]));
      store(result_.segment + segment_ * lanes + at, max ? hn::Sub(largest_[j], negated) : sums_[j]);
      if (!max) store(result_.segment_negated_max + segment_ * lanes + at, negated);
    }
  }

 private:
  // A group is summed apart and then added, which keeps the error of many equal weights down.
  HWY_INLINE void add_group() {
#pragma GCC unroll 3
    for (int j = 0; j < vectors; ++j) {
      sums_[j] = hn::Add(sums_[j], group_[j]);
      group_[j] = hn::Zero(Floats());
    }
  }
  HWY_INLINE void reset() {
#pragma GCC unroll 3
    for (int j = 0; j < vectors; ++j) {
      group_[j] = sums_[j] = hn::Zero(Floats());
      largest_[j] = splat(-std::numeric_limits<float>::infinity());
    }
  }
  HWY_INLINE void next() {
    add_group();
    flush();
    reset();
    ++segment_;
  }

  std::span<const std::int32_t> edges_;
  const SampledTile& result_;
  RunningMaximum& maximum_;
  std::int64_t segment_;
  Vector group_[vectors];
  Vector sums_[vectors];
  Vector largest_[vectors];
};

template <bool max>
inline HWY_NOINLINE void sample_part(const SampledWork& work, const Stream& stream, int t, const float* packed,
                                     RunningMaximum& maximum, KeyRange part) {
  RunningSegment<max> running(work, work.results[static_cast<std::size_t>(t)], maximum, part.begin);
  const Tile& tile = work.tiles.tiles[t];
  for (std::int64_t k = part.begin; k < part.end; k += rows) {
    Block scores;
    const bool partial = tile.state(k, k + rows) != BlockState::all;
    compute_scores(stream, k, tile, packed, maximum.negated, partial, scores);
    running.add(k, part.end, scores);
  }
  running.flush();
}

inline void sample_tiles(const SampledWork& work, float* scratch) {
  const TileWork& tiles = work.tiles;
  const std::int64_t packed_size = tiles.stream.depth * lanes;
  RunningMaximum maxima[tiles_at_once];
  for (int t = 0; t < tiles.tile_count; ++t) {
    pack(tiles.tiles[t], tiles.stream.depth, tiles.stream.form.factor, scratch + t * packed_size);
    const SampledTile& result = work.results[static_cast<std::size_t>(t)];
    maxima[t] = {result.part_negated_max + work.part * lanes, result.part_sum + work.part * lanes, false};
    std::fill(maxima[t].negated, maxima[t].negated + lanes, 0.0F);
    std::fill(maxima[t].sum, maxima[t].sum + lanes, 0.0F);
  }
  for_each_part<true>(tiles, [&](const Stream& stream, int t, KeyRange part) {
    if (work.max) {
      sample_part<true>(work, stream, t, scratch + t * packed_size, maxima[t], part);
    } else {
      sample_part<false>(work, stream, t, scratch + t * packed_size, maxima[t], part);
    }
  });
}

// lse of one lane in units of log2, over all parts and sink_logit; +inf for a lane that sees nothing, so that its P is
// 0.
inline float total_lse(const SampledTile& result, std::int64_t parts, int lane, std::optional<float> sink_logit) {
  double most = sink_logit ? *sink_logit * log2_e : -std::numeric_limits<double>::infinity();
  for (std::int64_t part = 0; part < parts; ++part) {
    if (result.part_sum[part * lanes + lane] > 0)
      most = std::max(most, -static_cast<double>(result.part_negated_max[part * lanes + lane]));
  }
  double sum = sink_logit ? std::exp2(*sink_logit * log2_e - most) : 0.0;
  for (std::int64_t part = 0; part < parts; ++part) {
    const double weights = result.part_sum[part * lanes + lane];
    if (weights > 0) sum += weights * std::exp2(-result.part_negated_max[part * lanes + lane] - most);
  }
  return sum > 0 ? static_cast<float>(most + std::log2(sum)) : std::numeric_limits<float>::infinity();
}

inline void normalise(const SampledTile& result, std::int64_t parts, std::int64_t segments, bool max,
                      std::optional<float> sink_logit) {
  alignas(64) float lse[lanes];
  for (int lane = 0; lane < lanes; ++lane) lse[lane] = total_lse(result, parts, lane, sink_logit);
  for (std::int64_t s = 0; s < segments; ++s) {
    for (int at = 0; at < lanes; at += vector_lanes) {
      float* segment = result.segment + s * lanes + at;
      if (max) {
        store(segment, exp2(hn::Sub(load(segment), load(lse + at))));
      } else {
        // Where the segment saw nothing its maximum means nothing, and 0 must not meet the infinity that it may give.
        const Vector maximum = hn::Neg(load(result.segment_negated_max + s * lanes + at));
        // In two steps, since the factor may be below what a float can hold where the product is not.
        const Vector sum = load(segment);
        const Vector root = exp2(hn::Mul(hn::Sub(maximum, load(lse + at)), splat(0.5F)));
        const Vector p = hn::Mul(hn::Mul(sum, root), root);
        store(segment, hn::IfThenElseZero(hn::Gt(sum, hn::Zero(Floats())), p));
      }
    }
  }
}

}  // namespace attnscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
