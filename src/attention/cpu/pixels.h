// Which cells of a head lie under which pixel, and how many of them are visible. Shared by map and sampled_map.
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

#include "attention/ops.h"

namespace attnscope::cpu {

// The keys [k0, k1) of a head as a head of their own, seen by the same queries. Its bitmap still goes by the positions
// in the whole head, which are k0 more than here.
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

// How many cells of some consecutive queries are visible but for the bitmap, without a loop for ranges of keys that all
// or none of the queries see.
class WindowCounter {
 public:
  WindowCounter(const HeadView& head, KeyRange queries)
      : head_(head),
        queries_(queries),
        first_(head.mask.visible_range(queries.begin, head.n_k())),
        last_(head.mask.visible_range(queries.end - 1, head.n_k())),
        first_sinks_(sink_end(head, queries.begin)),
        last_sinks_(sink_end(head, queries.end - 1)) {}

  KeyRange queries() const { return queries_; }
  BlockState state(KeyRange keys) const {
    if ((keys.begin >= last_.begin && keys.end <= first_.end) || keys.end <= first_sinks_) return BlockState::all;
    const bool outside = (keys.end <= first_.begin || keys.begin >= last_.end) && keys.begin >= last_sinks_;
    return outside ? BlockState::none : BlockState::some;
  }
  std::int64_t count(KeyRange keys) const {
    const BlockState known = state(keys);
    if (known == BlockState::none) return 0;
    if (known == BlockState::all) return (queries_.end - queries_.begin) * (keys.end - keys.begin);
    std::int64_t sum = 0;
    for (std::int64_t i = queries_.begin; i < queries_.end; ++i) {
      const KeyRange window = head_.mask.visible_range(i, head_.n_k());
      const std::int64_t sinks = sink_end(head_, i);
      sum += overlap(keys, window) + overlap(keys, {0, std::min(sinks, window.begin)}) +
             overlap(keys, {window.end, sinks});
    }
    return sum;
  }

 private:
  static std::int64_t overlap(KeyRange a, KeyRange b) {
    return std::max<std::int64_t>(0, std::min(a.end, b.end) - std::max(a.begin, b.begin));
  }

  const HeadView& head_;
  KeyRange queries_, first_, last_;
  std::int64_t first_sinks_, last_sinks_;
};

// How many visible cells some consecutive queries, at least one, have among some keys. `first_key` as for query_tile.
class RowCounter {
 public:
  RowCounter(const HeadView& head, KeyRange queries, std::int64_t first_key = 0)
      : bitmap_(head.mask.bitmap), first_key_(first_key), first_position_(head.mask.offset + first_key) {
    for (std::int64_t i = queries.begin; i < queries.end;) {  // the queries of one row of the bitmap at a time
      std::int64_t end = queries.end;
      if (bitmap_.bits != nullptr)
        end = std::min(end, ((i + first_position_) / bitmap_.block + 1) * bitmap_.block - first_position_);
      parts_.emplace_back(head, KeyRange{i, end});
      i = end;
    }
  }

  std::int64_t count(KeyRange keys) const {
    if (bitmap_.bits == nullptr) return parts_.front().count(keys);
    std::int64_t sum = 0;
    for (const WindowCounter& part : parts_) sum += count_set(part, keys);
    return sum;
  }

 private:
  std::int64_t count_set(const WindowCounter& part, KeyRange keys) const {
    const BlockState known = part.state(keys);
    if (known == BlockState::none) return 0;
    const std::int64_t row = (part.queries().begin + first_position_) / bitmap_.block;
    const std::uint64_t* bits = bitmap_.bits + row * bitmap_.stride;
    const std::int64_t last = (keys.end - 1 + first_key_) / bitmap_.block;
    std::int64_t sum = 0;
    for (std::int64_t column = (keys.begin + first_key_) / bitmap_.block; column <= last; ++column) {
      if ((bits[column / 64] >> static_cast<unsigned>(column % 64) & 1U) == 0) continue;
      const std::int64_t begin = column * bitmap_.block - first_key_;
      const KeyRange inside{std::max(keys.begin, begin), std::min(keys.end, begin + bitmap_.block)};
      sum += part.count(inside);
    }
    return sum;
  }

  BlockBitmap bitmap_;
  std::int64_t first_key_, first_position_;
  std::vector<WindowCounter> parts_;
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
