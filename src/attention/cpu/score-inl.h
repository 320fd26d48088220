// Scores of one tile against a few streamed rows, with the mask; what every kernel starts from. Compiled for each
// instruction set.
#if defined(ATTNSCOPE_CPU_SCORE_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTNSCOPE_CPU_SCORE_INL_H
#undef ATTNSCOPE_CPU_SCORE_INL_H
#else
#define ATTNSCOPE_CPU_SCORE_INL_H
#endif

#include <algorithm>
#include <limits>

#include "attention/cpu/micro_kernel-inl.h"
#include "attention/cpu/tile.h"

HWY_BEFORE_NAMESPACE();
namespace attnscope::cpu::HWY_NAMESPACE {

// packed [depth, lanes] = factor * the tile's rows, transposed.
inline void pack(const Tile& tile, std::int64_t depth, float factor, float* packed) {
  for (int lane = 0; lane < lanes; ++lane) {
    const float* from = tile.source[lane];
    for (std::int64_t k = 0; k < depth; ++k) packed[k * lanes + lane] = from[k] * factor;
  }
}

// Writes -inf over the scores [rows, lanes] of the streamed rows from r0 on that their lane does not see.
inline HWY_NOINLINE void hide(const Tile& tile, std::int64_t r0, float* scores) {
  const Ints ints;
  const Vector hidden = splat(-std::numeric_limits<float>::infinity());
  for (int i = 0; i < rows; ++i) {
    const auto row = hn::Set(ints, static_cast<std::int32_t>(r0) + i);
    for (int at = 0; at < lanes; at += vector_lanes) {
      const auto late = hn::Lt(row, hn::Load(ints, tile.begin + at));
      const auto early = hn::Lt(row, hn::Load(ints, tile.end + at));
      const auto sink = hn::Lt(row, hn::Load(ints, tile.sink_end + at));
      const auto visible = hn::RebindMask(Floats(), hn::Or(hn::AndNot(late, early), sink));
      float* score = scores + i * lanes + at;
      store(score, hn::IfThenElse(visible, load(score), hidden));
    }
  }
}

// Products that one accumulator takes: all of them up to the usual depths, 64 beyond, where the error of one long sum
// would pass that of the scores' own rounding.
inline std::int64_t piece_of(std::int64_t depth) { return depth <= 128 ? depth : 64; }

// What the accumulators start from: `start` of each lane, plus the streamed row's bias where there is one.
HWY_INLINE void begin_scores(const Stream& stream, std::int64_t r0, const float* start, Block& scores) {
#pragma GCC unroll 3
  for (int j = 0; j < vectors; ++j) {
    const Vector lane = load(start + j * vector_lanes);
#pragma GCC unroll 8
    for (int i = 0; i < rows; ++i) scores[i][j] = lane;
  }
  if (stream.bias == nullptr) return;
#pragma GCC unroll 8
  for (int i = 0; i < rows; ++i) {
    const Vector row = splat(stream.bias[r0 + i]);
#pragma GCC unroll 3
    for (int j = 0; j < vectors; ++j) scores[i][j] = hn::Add(scores[i][j], row);
  }
}

// scores[i][lane] = start[lane] + bias[r0 + i] + dot(stream row r0 + i, packed lane), -inf where it is not seen.
// `partial`: whether some lane may not see some of these rows.
HWY_INLINE void compute_scores(const Stream& stream, std::int64_t r0, const Tile& tile, const float* packed,
                               const float* start, bool partial, Block& scores) {
  begin_scores(stream, r0, start, scores);
  const bool tail = r0 + rows > stream.rows;
  const std::int64_t tail_begin = stream.rows - stream.rows % max_rows;
  const float* a = tail ? stream.tail + (r0 - tail_begin) * stream.depth : stream.data + r0 * stream.stride;
  const std::ptrdiff_t step = tail ? stream.depth : stream.stride;
  // The group after this one is fetched while this one is multiplied: one line of 16 floats every second step.
  const float* next = a + rows * step;
  const std::int64_t lines = (stream.depth + 15) / 16;
  std::int64_t row = 0;
  std::int64_t line = 0;
  const auto fetch = [&](std::int64_t k) {
    if (k % 2 != 0 || row == rows) return;
    hwy::Prefetch(next + row * step + line * 16);
    if (++line == lines) {
      line = 0;
      ++row;
    }
  };
  alignas(64) float stored[rows * lanes];
  const std::int64_t longest = piece_of(stream.depth);
  for (std::int64_t done = 0;;) {
    const std::int64_t piece = std::min(longest, stream.depth - done);
    add_products(a + done, step, 1, packed + done * lanes, piece, scores, fetch);
    if (done > 0) add_stored(stored, scores);
    done += piece;
    if (HWY_LIKELY(done >= stream.depth)) break;
    store_block(scores, stored);
    clear_block(scores);
  }
  if (!partial) return;
  store_block(scores, stored);
  hide(tile, r0, stored);
  load_block(stored, scores);
}

// Calls visit(t, part) for each tile and the part of each block of streamed rows that it may see, blocks outermost.
template <class Visit>
HWY_INLINE void for_each_part(const TileWork& work, Visit visit) {
  for (std::int64_t r0 = work.rows.begin; r0 < work.rows.end; r0 += block_rows) {
    if (work.stop.stop_requested()) return;
    const std::int64_t r1 = std::min(r0 + block_rows, work.rows.end);
    for (int t = 0; t < work.tile_count; ++t) {
      const KeyRange part = work.tiles[t].visible_part(r0, r1);
      if (part.begin < part.end) visit(t, part);
    }
  }
}

// Calls visit(r, scores) for each group of `rows` streamed rows from part.begin on; rows past the part are hidden or,
// at the end of the work, not of it.
template <class Visit>
HWY_INLINE void for_each_group(const Stream& stream, const Tile& tile, const float* packed, KeyRange part,
                               Visit visit) {
  for (std::int64_t r = part.begin; r < part.end; r += rows) {
    Block scores;
    compute_scores(stream, r, tile, packed, tile.start, tile.state(r, r + rows) != BlockState::all, scores);
    visit(r, scores);
  }
}

}  // namespace attnscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
