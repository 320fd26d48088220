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
#include <vector>

#include "attention/cpu/exp2-inl.h"
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

inline std::int64_t segments_of(const Stream& stream) { return (stream.rows + segment - 1) / segment; }

inline std::size_t top_k_scratch_size(const Stream& stream) {
  return static_cast<std::size_t>(tiles_at_once * lanes * (stream.depth + segments_of(stream)));
}

// largest [segments, lanes] takes up the scores of a part.
inline HWY_NOINLINE void find_largest(const Stream& stream, const Tile& tile, const float* packed, KeyRange part,
                                      float* largest) {
  for_each_group(stream, tile, packed, part, [&](std::int64_t k, Block& scores) {
    float* to = largest + k / segment * lanes;
#pragma GCC unroll 3
    for (int j = 0; j < vectors; ++j) {
      Vector top = scores[0][j];
#pragma GCC unroll 8
      for (int i = 1; i < rows; ++i) top = hn::Max(top, scores[i][j]);
      store(to + j * vector_lanes, hn::Max(top, load(to + j * vector_lanes)));
    }
  });
}

// A score that at least k keys of the lane reach: the k-th largest of the maxima of segments, or of groups of 16
// segments where those are enough.
inline float threshold(const float* largest, std::int64_t segments, std::int64_t k, int lane,
                       std::vector<float>& maxima) {
  const std::int64_t group = (segments + segment - 1) / segment >= k ? segment : 1;
  if (segments < k) return no_score;
  maxima.clear();
  for (std::int64_t s = 0; s < segments; s += group) {
    float most = no_score;
    for (std::int64_t t = s; t < std::min(s + group, segments); ++t) most = std::max(most, largest[t * lanes + lane]);
    maxima.push_back(most);
  }
  std::nth_element(maxima.begin(), maxima.begin() + (k - 1), maxima.end(), std::greater<>());
  return maxima[static_cast<std::size_t>(k - 1)];
}

inline float dot(const float* a, const float* b, std::int64_t depth) {
  Vector sum = hn::Zero(Floats());
  std::int64_t c = 0;
  for (; c + vector_lanes <= depth; c += vector_lanes)
    sum = hn::MulAdd(hn::LoadU(Floats(), a + c), hn::LoadU(Floats(), b + c), sum);
  float total = hn::GetLane(hn::SumOfLanes(Floats(), sum));
  for (; c < depth; ++c) total += a[c] * b[c];
  return total;
}

// Appends the visible keys of segment s and their weights, if those are above 0.
inline void add_candidates(const TileWork& work, const Tile& tile, int lane, std::int64_t s,
                           std::vector<Candidate>& candidates) {
  alignas(64) float scores[segment];
  const Stream& keys = work.stream;
  for (std::int64_t i = 0; i < segment; ++i) {
    const std::int64_t k = s * segment + i;
    const bool visible = (k >= tile.begin[lane] && k < tile.end[lane]) || k < tile.sink_end[lane];
    scores[i] = no_score;
    if (!visible) continue;
    scores[i] = tile.start[lane] + work.factor * dot(tile.source[lane], keys.data + k * keys.stride, keys.depth);
    if (keys.bias != nullptr) scores[i] += keys.bias[k];
  }
  for (std::int64_t at = 0; at < segment; at += vector_lanes) store(scores + at, exp2(load(scores + at)));
  for (std::int64_t i = 0; i < segment; ++i) {
    if (scores[i] > 0) candidates.push_back({scores[i], static_cast<std::int32_t>(s * segment + i)});
  }
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
  const std::int64_t segments = segments_of(work.stream);
  const std::int64_t packed_size = work.stream.depth * lanes;
  float* largest = scratch + tiles_at_once * packed_size;
  for (int t = 0; t < work.tile_count; ++t)
    pack(work.tiles[t], work.stream.depth, work.factor, scratch + t * packed_size);
  std::fill(largest, largest + work.tile_count * segments * lanes, no_score);
  for_each_part(work, [&](int t, KeyRange part) {
    find_largest(work.stream, work.tiles[t], scratch + t * packed_size, part, largest + t * segments * lanes);
  });
  std::vector<float> maxima;
  std::vector<Candidate> candidates;
  for (int t = 0; t < work.tile_count; ++t, largest += segments * lanes) {
    const Tile& tile = work.tiles[t];
    for (int lane = 0; lane < tile.count; ++lane, keys += k, values += k) {
      if (work.stop.stop_requested()) return;
      const float least = threshold(largest, segments, k, lane, maxima);
      candidates.clear();
      for (std::int64_t s = 0; s < segments; ++s) {
        const float most = largest[s * lanes + lane];
        if (most >= least && most > no_score) add_candidates(work, tile, lane, s, candidates);
      }
      write_top(candidates, k, keys, values);
    }
  }
}

}  // namespace attnscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
