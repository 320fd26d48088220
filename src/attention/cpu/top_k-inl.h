// The kernel of top_k_kernel.h: one pass keeps the largest score of every 16 keys; only where that can belong to the k
// largest are the scores computed again, one by one. Compiled for each instruction set.
#if defined(ATTNSCOPE_CPU_TOP_K_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTNSCOPE_CPU_TOP_K_INL_H
#undef ATTNSCOPE_CPU_TOP_K_INL_H
#else
#define ATTNSCOPE_CPU_TOP_K_INL_H
#endif

#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "attention/cpu/lane-inl.h"
#include "attention/cpu/score-inl.h"
#include "attention/cpu/top_k_kernel.h"

HWY_BEFORE_NAMESPACE();
namespace attnscope::cpu::HWY_NAMESPACE {

constexpr std::int64_t segment = 16;  // keys that share a maximum
constexpr float no_score = -std::numeric_limits<float>::infinity();

struct Candidate {
  float value;
  std::int32_t key;
};

// Segments are counted from the first row of the work on.
inline std::int64_t segments_of(KeyRange of) { return (of.end - of.begin + segment - 1) / segment; }

// As many places as hold the maxima of one lane, in whole groups.
inline std::int64_t padded_segments(KeyRange of) { return (segments_of(of) + segment - 1) / segment * segment; }

inline std::size_t top_k_scratch_size(const Stream& stream, KeyRange part) {
  const std::int64_t by_lane = lanes * padded_segments(part);
  return static_cast<std::size_t>(tiles_at_once * lanes * (stream.depth + segments_of(part)) + by_lane);
}

// largest [segments, lanes] takes up the scores of a part; `first` is the row that segment 0 begins with.
inline HWY_NOINLINE void find_largest(const Stream& stream, const Tile& tile, const float* packed, KeyRange part,
                                      std::int64_t first, float* largest) {
  for_each_group(stream, tile, packed, part, [&](std::int64_t k, Block& scores) {
    float* to = largest + (k - first) / segment * lanes;
#pragma GCC unroll 3
    for (int j = 0; j < vectors; ++j) {
      Vector top = scores[0][j];
#pragma GCC unroll 8
      for (int i = 1; i < rows; ++i) top = hn::Max(top, scores[i][j]);
      store(to + j * vector_lanes, hn::Max(top, load(to + j * vector_lanes)));
    }
  });
}

// by_lane [lanes, padded_segments] = the transpose of largest [segments, lanes], padded with no_score.
inline void turn(const float* largest, std::int64_t segments, std::int64_t padded, float* by_lane) {
  for (std::int64_t s0 = 0; s0 < padded; s0 += segment) {
    for (int lane = 0; lane < lanes; ++lane) {
      for (std::int64_t s = s0; s < s0 + segment; ++s)
        by_lane[lane * padded + s] = s < segments ? largest[s * lanes + lane] : no_score;
    }
  }
}

inline float largest_of(const float* values, std::int64_t count) {
  Vector most = splat(no_score);
  for (std::int64_t at = 0; at < count; at += vector_lanes) most = hn::Max(most, load(values + at));
  return hn::GetLane(hn::MaxOfLanes(Floats(), most));
}

// A score that at least k keys of the lane reach: the k-th largest of the maxima of groups of 16 segments, or of
// segments where too few groups see anything. no_score where there are fewer than k of those too.
inline float threshold(std::span<const float> maxima, std::int64_t k, std::vector<float>& sorted) {
  for (const std::int64_t group : {segment, std::int64_t{1}}) {
    sorted.clear();
    for (std::size_t s = 0; s < maxima.size(); s += static_cast<std::size_t>(group)) {
      const float most = group == 1 ? maxima[s] : largest_of(maxima.data() + s, group);
      if (most > no_score) sorted.push_back(most);
    }
    if (static_cast<std::int64_t>(sorted.size()) < k) continue;
    std::nth_element(sorted.begin(), sorted.begin() + (k - 1), sorted.end(), std::greater<>());
    return sorted[static_cast<std::size_t>(k - 1)];
  }
  return no_score;
}

// Appends the keys of segment s whose weights are above 0; one that the lane does not see has weight 0.
inline void add_candidates(const TileWork& work, const Tile& tile, int lane, std::int64_t s,
                           std::vector<Candidate>& candidates) {
  alignas(64) float p[2 * segment];
  const std::int64_t begin = work.rows.begin + s * segment;
  const KeyRange keys{begin, std::min(begin + segment, work.rows.end)};
  lane_weights(tile, lane, work.stream, keys, p);
  for (std::int64_t k = keys.begin; k < keys.end; ++k) {
    if (p[k - keys.begin] > 0) candidates.push_back({p[k - keys.begin], static_cast<std::int32_t>(k)});
  }
}

// Appends all keys that may be among the k largest of a lane, whose segments have these maxima.
inline void find_candidates(const TileWork& work, const Tile& tile, int lane, std::span<const float> maxima,
                            float least, std::vector<Candidate>& candidates) {
  for (std::size_t at = 0; at < maxima.size(); at += vector_lanes) {
    if (hn::AllFalse(Floats(), hn::Ge(load(maxima.data() + at), splat(least)))) continue;
    for (std::size_t s = at; s < at + vector_lanes; ++s) {
      if (maxima[s] >= least && maxima[s] > no_score)
        add_candidates(work, tile, lane, static_cast<std::int64_t>(s), candidates);
    }
  }
}

// The k largest of the rows before this work.
inline void take_up(std::int64_t k, const std::int32_t* keys, const float* values, std::vector<Candidate>& candidates) {
  for (std::int64_t i = 0; i < k && keys[i] >= 0; ++i) candidates.push_back({values[i], keys[i]});
}

inline void write_top(std::vector<Candidate>& candidates, std::int64_t k, std::int32_t* keys, float* values) {
  const auto found = std::min<std::int64_t>(k, static_cast<std::int64_t>(candidates.size()));
  std::partial_sort(candidates.begin(), candidates.begin() + found, candidates.end(),
                    [](const Candidate& a, const Candidate& b) {
                      return a.value > b.value || (a.value == b.value && a.key < b.key);
                    });
  for (std::int64_t i = 0; i < k; ++i) {
    keys[i] = i < found ? candidates[static_cast<std::size_t>(i)].key : -1;
    values[i] = i < found ? candidates[static_cast<std::size_t>(i)].value : 0.0F;
  }
}

inline void top_k_tiles(const TileWork& work, std::int64_t k, std::int32_t* keys, float* values, float* scratch) {
  if (k == 0) return;
  const std::int64_t segments = segments_of(work.rows);
  const std::int64_t packed_size = work.stream.depth * lanes;
  float* largest = scratch + tiles_at_once * packed_size;
  for (int t = 0; t < work.tile_count; ++t)
    pack(work.tiles[t], work.stream.depth, work.stream.form.factor, scratch + t * packed_size);
  std::fill(largest, largest + work.tile_count * segments * lanes, no_score);
  for_each_part(work, [&](const Stream& stream, int t, KeyRange part) {
    find_largest(stream, work.tiles[t], scratch + t * packed_size, part, work.rows.begin,
                 largest + t * segments * lanes);
  });
  const std::int64_t padded = padded_segments(work.rows);
  float* by_lane = largest + tiles_at_once * segments * lanes;
  std::vector<float> sorted;
  std::vector<Candidate> candidates;
  for (int t = 0; t < work.tile_count; ++t, largest += segments * lanes) {
    const Tile& tile = work.tiles[t];
    turn(largest, segments, padded, by_lane);
    for (int lane = 0; lane < tile.count; ++lane, keys += k, values += k) {
      if (work.stop.stop_requested()) return;
      const std::span<const float> maxima(by_lane + lane * padded, static_cast<std::size_t>(padded));
      candidates.clear();
      if (work.rows.begin > 0) take_up(k, keys, values, candidates);
      find_candidates(work, tile, lane, maxima, threshold(maxima, k, sorted), candidates);
      write_top(candidates, k, keys, values);
    }
  }
}

}  // namespace attnscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
