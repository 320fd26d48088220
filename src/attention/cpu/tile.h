// What the drivers (compiled once) hand to the kernels (compiled for each instruction set): a tile of rows that lie in
// the SIMD lanes, and a stream of rows that are read by broadcast. Queries are the lanes of most ops; keys are for
// columns.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stop_token>

#include "attention/mask.h"

namespace attnscope::cpu {

constexpr int max_lanes = 48;    // lanes of the widest tile of any instruction set
constexpr int max_rows = 8;      // streamed rows that the widest micro kernel takes at once
constexpr int block_rows = 128;  // streamed rows that stay in the first-level cache for several tiles
constexpr double log2_e = 1.4426950408889634;
constexpr double ln_2 = 0.6931471805599453;

// Rows [rows, depth] to be multiplied with a tile. `tail` holds the last rows % max_rows of them, padded to max_rows
// rows of `depth` with zeros, so that a kernel may read whole groups.
struct Stream {
  const float* data = nullptr;
  std::int64_t stride = 0;
  std::int64_t rows = 0;
  std::int64_t depth = 0;
  const float* tail = nullptr;
  const float* bias = nullptr;  // added to the scores of a row, in units of log2; null: none. Padded by max_rows
};

// Up to max_lanes rows, one a lane, and which streamed rows r each of them sees: begin <= r < end, or r < sink_end.
// Lanes from `count` on repeat the last real one.
struct alignas(64) Tile {
  std::int32_t begin[max_lanes];
  std::int32_t end[max_lanes];
  std::int32_t sink_end[max_lanes];
  float start[max_lanes];  // added to the scores of a lane, in units of log2
  const float* source[max_lanes];
  int count = 0;
  std::int32_t least_begin = 0, most_begin = 0, least_end = 0, most_end = 0, least_sink_end = 0, most_sink_end = 0;

  bool sees(int lane, std::int64_t r) const { return (r >= begin[lane] && r < end[lane]) || r < sink_end[lane]; }
  // As Mask::block_state, for the streamed rows [r0, r1).
  BlockState state(std::int64_t r0, std::int64_t r1) const {
    if ((r1 <= least_begin || r0 >= most_end) && r0 >= most_sink_end) return BlockState::none;
    const bool all = (r0 >= most_begin && r1 <= least_end) || r1 <= least_sink_end;
    return all ? BlockState::all : BlockState::some;
  }
  // The part of [r0, r1) that some lane may see, begun at a multiple of max_rows after r0; empty if there is none.
  KeyRange visible_part(std::int64_t r0, std::int64_t r1) const {
    const std::int64_t sinks = std::min<std::int64_t>(r1, most_sink_end);
    KeyRange part{r0, std::min<std::int64_t>(r1, most_end)};
    if (least_begin > r0) part.begin = r0 + (least_begin - r0) / max_rows * max_rows;
    if (part.begin >= part.end) part = {r0, r0};
    if (sinks > r0) part = {r0, std::max(sinks, part.end)};
    return part;
  }
};

// A few tiles against the same streamed rows: what a task of most ops is.
struct TileWork {
  const Tile* tiles = nullptr;
  int tile_count = 0;  // at most tiles_at_once
  Stream stream;
  float factor = 1;      // scale * log2(e), put into the tiles
  KeyRange rows;         // of the stream; begins at a multiple of block_rows
  std::stop_token stop;  // the work is left unfinished when this is requested
};
constexpr int tiles_at_once = 4;

}  // namespace attnscope::cpu
