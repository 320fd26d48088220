// Which cells of a head lie under which pixel, and how many of them are visible. Shared by map and sampled_map.
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

#include "attention/ops.h"

namespace attnscope::cpu {

// The keys [k0, k1) of a head as a head of their own, seen by the same queries. For masks without bitmap.
inline HeadView slice_keys(const HeadView& head, std::int64_t k0, std::int64_t k1) {
  HeadView part = head;
  part.k = head.k.slice_rows(k0, k1 - k0);
  part.v = head.v.slice_rows(k0, k1 - k0);
  part.mask.offset -= k0;
  part.mask.sinks = std::max<std::int64_t>(0, head.mask.sinks - k0);
  if (head.mask.n_valid < Mask::unlimited) part.mask.n_valid -= k0;
  return part;
}

// Keys below this one are visible to query i as sinks of its window.
inline std::int64_t sink_end(const HeadView& head, std::int64_t i) {
  const Mask& mask = head.mask;
  if (!mask.windowed()) return 0;
  std::int64_t end = std::min({mask.sinks, mask.n_valid, head.n_k()});
  if (mask.causal) end = std::min(end, i + mask.offset + 1);
  return std::max<std::int64_t>(0, end);
}

// How many of the keys [k0, k1) query i sees.
inline std::int64_t visible_count(const HeadView& head, std::int64_t i, KeyRange keys) {
  const KeyRange window = head.mask.visible_range(i, head.n_k());
  const auto overlap = [&](std::int64_t begin, std::int64_t end) {
    return std::max<std::int64_t>(0, std::min(end, keys.end) - std::max(begin, keys.begin));
  };
  return overlap(window.begin, window.end) + overlap(0, std::min(sink_end(head, i), window.begin)) +
         overlap(window.end, sink_end(head, i));
}

// The same summed over the queries of a pixel row, without a loop for pixels that see everything or nothing.
class RowCounter {
 public:
  RowCounter(const HeadView& head, KeyRange queries)
      : head_(head),
        queries_(queries),
        first_(head.mask.visible_range(queries.begin, head.n_k())),
        last_(head.mask.visible_range(queries.end - 1, head.n_k())),
        first_sinks_(sink_end(head, queries.begin)),
        last_sinks_(sink_end(head, queries.end - 1)) {}

  std::int64_t count(KeyRange keys) const {
    const bool all = (keys.begin >= last_.begin && keys.end <= first_.end) || keys.end <= first_sinks_;
    if (all) return (queries_.end - queries_.begin) * (keys.end - keys.begin);
    if ((keys.end <= first_.begin || keys.begin >= last_.end) && keys.begin >= last_sinks_) return 0;
    std::int64_t sum = 0;
    for (std::int64_t i = queries_.begin; i < queries_.end; ++i) sum += visible_count(head_, i, keys);
    return sum;
  }

 private:
  const HeadView& head_;
  KeyRange queries_, first_, last_;
  std::int64_t first_sinks_, last_sinks_;
};

// Begin of each pixel's cells, and the end of the last; pixels <= cells, so that they lie side by side.
inline std::vector<std::int32_t> pixel_edges(std::int64_t pixels, std::int64_t cells) {
  std::vector<std::int32_t> edges;
  for (std::int64_t x = 0; x <= pixels; ++x) edges.push_back(static_cast<std::int32_t>(x * cells / pixels));
  return edges;
}

// Writes row y of a pooled image of `height` rows to all rows and columns of the asked image that show it: one of each,
// or more where there are fewer cells than pixels.
inline void repeat_row(std::int64_t y, std::int64_t height, std::span<const float> row,
                       std::span<const std::int64_t> counts, const MapSpec& spec, const MapResult& result) {
  const auto width = static_cast<std::int64_t>(row.size());
  for (std::int64_t to = (y * spec.h + height - 1) / height; to < spec.h && to * height / spec.h == y; ++to) {
    for (std::int64_t x = 0; x < spec.w; ++x) {
      const auto from = static_cast<std::size_t>(x * width / spec.w);
      const auto pixel = static_cast<std::size_t>(to * spec.w + x);
      result.image[pixel] = row[from];
      if (!result.visible.empty()) result.visible[pixel] = counts[from];
    }
  }
}

}  // namespace attnscope::cpu
