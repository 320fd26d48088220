// What the drivers (compiled once) hand to the kernels (compiled for each instruction set): a tile of rows that lie in
// the SIMD lanes, and a stream of rows that are read by broadcast. Queries are the lanes of most ops; keys are for
// columns.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stop_token>

#include "core/dtype.h"
#include "core/mask.h"

namespace attnscope::cpu {

constexpr int max_lanes = 48;    // lanes of the widest tile of any instruction set
constexpr int max_rows = 8;      // streamed rows that the widest micro kernel takes at once
constexpr int block_rows = 128;  // streamed rows that stay in the first-level cache for several tiles
// About how many multiplications an exponential and what else is done with a score cost.
constexpr std::int64_t work_of_a_weight = 32;
constexpr double log2_e = 1.4426950408889634;
constexpr double ln_2 = 0.6931471805599453;

// How a score comes from a dot product of stored numbers, in units of log2: cap * tanh(factor * dot) where there is a
// cap, else factor * dot; then + slope * (position of the streamed row - position of the lane).
struct ScoreForm {
  float factor = 1;
  float cap = 0;  // 0: none
  float slope = 0;
};

// Rows [rows, depth] to be multiplied with a tile. `tail` holds the last rows % max_rows of them, padded to max_rows
// rows of `depth` with zeros, so that a kernel may read whole groups. Rows stored in half precision have `halves`
// instead of `data`; a kernel widens a block of them at a time.
struct Stream {
  const float* data = nullptr;   // row `first`, and what follows
  const void* halves = nullptr;  // row 0
  DType dtype = DType::f32;      // as stored
  std::int64_t stride = 0;
  std::int64_t first = 0;
  std::int64_t rows = 0;
  std::int64_t depth = 0;
  const float* tail = nullptr;
  const float* bias = nullptr;  // added to the scores of a row, in units of log2; null: none. Padded by max_rows
  ScoreForm form;

  // Floats that a block of widened rows of `row_size` takes; 0 where there is nothing to widen.
  std::size_t widened_size(std::int64_t row_size) const {
    return halves == nullptr ? 0 : static_cast<std::size_t>(block_rows * row_size);
  }
};

// Up to max_lanes rows, one a lane, and which streamed rows r each of them sees: begin <= r < end, or r < sink_end; and
// of these, those whose block of the bitmap is set. Lanes from `count` on repeat the last real one.
struct alignas(64) Tile {
  std::int32_t begin[max_lanes];
  std::int32_t end[max_lanes];
  std::int32_t sink_end[max_lanes];
  std::int32_t position[max_lanes];  // p of a query, j of a key: what slopes and bitmaps go by
  std::int32_t block[max_lanes];     // position / bitmap.block
  float start[max_lanes];            // added to the scores of a lane, in units of log2
  const void* source[max_lanes];     // of type `dtype`
  DType dtype = DType::f32;
  int count = 0;
  std::int32_t least_begin = 0, most_begin = 0, least_end = 0, most_end = 0, least_sink_end = 0, most_sink_end = 0;
  std::int32_t origin = 0;  // position of the streamed row 0
  BlockBitmap bitmap;
  bool lanes_are_keys = false;

  // Rows from here on are seen by no lane.
  std::int64_t last_end() const { return std::max(most_end, most_sink_end); }

  // Whether the bitmap has the block of a lane's block and a streamed row's.
  bool set(std::int32_t of_lane, std::int64_t of_row) const {
    const std::int64_t row = lanes_are_keys ? of_row : of_lane;
    const std::int64_t column = lanes_are_keys ? of_lane : of_row;
    return (bitmap.bits[row * bitmap.stride + column / 64] >> static_cast<unsigned>(column % 64) & 1U) != 0;
  }
  bool sees(int lane, std::int64_t r) const {
    const bool in_range = (r >= begin[lane] && r < end[lane]) || r < sink_end[lane];
    return in_range && (bitmap.bits == nullptr || set(block[lane], (origin + r) / bitmap.block));
  }
  // As Mask::block_state, for the streamed rows [r0, r1).
  BlockState state(std::int64_t r0, std::int64_t r1) const {
    if ((r1 <= least_begin || r0 >= most_end) && r0 >= most_sink_end) return BlockState::none;
    const bool all = (r0 >= most_begin && r1 <= least_end) || r1 <= least_sink_end;
    const BlockState in_range = all ? BlockState::all : BlockState::some;
    return bitmap.bits == nullptr ? in_range : also_in_bitmap(in_range, r0, std::min(r1, last_end()));
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
  // Calls visit(part) for each run of rows of [r0, r1) that some lane may see, without the groups of max_rows that the
  // bitmap hides from all.
  template <class Visit>
  void for_each_run(std::int64_t r0, std::int64_t r1, Visit visit) const {
    const KeyRange part = visible_part(r0, r1);
    if (part.begin >= part.end) return;
    if (bitmap.bits == nullptr) return visit(part);
    KeyRange run{part.begin, part.begin};
    for (std::int64_t r = part.begin; r < part.end; r += max_rows) {
      const std::int64_t next = std::min(r + max_rows, part.end);
      if (state(r, next) != BlockState::none) {
        run.end = next;
        continue;
      }
      if (run.begin < run.end) visit(run);
      run = {next, next};
    }
    if (run.begin < run.end) visit(run);
  }

 private:
  BlockState also_in_bitmap(BlockState in_range, std::int64_t r0, std::int64_t r1) const {
    bool any = false;
    bool all = in_range == BlockState::all;
    for (std::int64_t of_row = (origin + r0) / bitmap.block; of_row <= (origin + r1 - 1) / bitmap.block; ++of_row) {
      for (int lane = 0; lane < count; ++lane) {
        if (lane > 0 && block[lane] == block[lane - 1]) continue;
        const bool one = set(block[lane], of_row);
        any = any || one;
        all = all && one;
        if (any && !all) return BlockState::some;
      }
    }
    return !any ? BlockState::none : all ? BlockState::all : BlockState::some;
  }
};

// A few tiles against the same streamed rows: what a task of most ops is.
struct TileWork {
  const Tile* tiles = nullptr;
  int tile_count = 0;  // at most tiles_at_once
  Stream stream;
  KeyRange rows;             // of the stream; begins at a multiple of block_rows
  float* widened = nullptr;  // stream.widened_size(stream.depth) floats, 64-byte aligned
  std::stop_token stop;      // the work is left unfinished when this is requested
};
constexpr int tiles_at_once = 4;

}  // namespace attnscope::cpu
