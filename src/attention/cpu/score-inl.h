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

#include "attention/cpu/tanh-inl.h"
#include "attention/cpu/tile.h"
#include "attention/cpu/widen-inl.h"

HWY_BEFORE_NAMESPACE();
namespace attnscope::cpu::HWY_NAMESPACE {

// Writes -inf over the scores [rows, lanes] of the streamed rows from r0 on whose block the lane's bitmap lacks.
inline HWY_NOINLINE void hide_blocks(const Tile& tile, std::int64_t r0, float* scores) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  alignas(64) float most[lanes];  // what a score may be at most: -inf where the block is not set
  std::int64_t known = -1;        // the block that `most` is of
  const std::int64_t end = std::min<std::int64_t>(r0 + rows, tile.last_end());
  for (std::int64_t r = r0; r < end; ++r, scores += lanes) {
    const std::int64_t of_row = (tile.origin + r) / tile.bitmap.block;
    for (int lane = 0; lane < lanes && of_row != known; ++lane)
      most[lane] = tile.set(tile.block[lane], of_row) ? infinity : -infinity;
    known = of_row;
    for (int at = 0; at < lanes; at += vector_lanes) store(scores + at, hn::Min(load(scores + at), load(most + at)));
  }
}

// The same for all rows that their lane does not see.
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
  if (tile.bitmap.bits != nullptr) hide_blocks(tile, r0, scores);
}

// Products that one accumulator takes: all of them up to the usual depths, 64 beyond, where the error of one long sum
// would pass that of the scores' own rounding.
inline std::int64_t piece_of(std::int64_t depth) { return depth <= 128 ? depth : 64; }

// What the accumulators start from: `start` of each lane, plus the bias of each streamed row from r0 on where there is
// one.
HWY_INLINE void begin_scores(const float* bias, std::int64_t r0, const float* start, Block& scores) {
#pragma GCC unroll 3
  for (int j = 0; j < vectors; ++j) {
    const Vector lane = load(start + j * vector_lanes);
#pragma GCC unroll 8
    for (int i = 0; i < rows; ++i) scores[i][j] = lane;
  }
  if (bias == nullptr) return;
#pragma GCC unroll 8
  for (int i = 0; i < rows; ++i) {
    const Vector row = splat(bias[r0 + i]);
#pragma GCC unroll 3
    for (int j = 0; j < vectors; ++j) scores[i][j] = hn::Add(scores[i][j], row);
  }
}

// stored [rows, lanes] = cap * tanh(stored) + what begin_scores adds where there is no cap.
inline HWY_NOINLINE void cap_scores(const Stream& stream, std::int64_t r0, const float* start, float* stored) {
  Block added;
  begin_scores(stream.bias, r0, start, added);
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < vectors; ++j) {
      float* at = stored + i * lanes + j * vector_lanes;
      store(at, hn::MulAdd(splat(stream.form.cap), tanh(load(at)), added[i][j]));
    }
  }
}

// stored [rows, lanes] += slope * distance. By the difference of positions, which is exact: the terms of the two apart
// would cancel near the diagonal.
inline HWY_NOINLINE void add_slope(const Stream& stream, std::int64_t r0, const Tile& tile, float* stored) {
  const Vector slope = splat(stream.form.slope);
  const auto row = hn::Set(Ints(), tile.origin + static_cast<std::int32_t>(r0));
  for (int lane = 0; lane < lanes; lane += vector_lanes) {
    Vector distance = hn::ConvertTo(Floats(), hn::Sub(row, hn::Load(Ints(), tile.position + lane)));
    for (int i = 0; i < rows; ++i, distance = hn::Add(distance, splat(1.0F))) {
      float* at = stored + i * lanes + lane;
      store(at, hn::MulAdd(distance, slope, load(at)));
    }
  }
}

// scores[i][lane] = start[lane] + bias[r0 + i] + what stream.form makes of the dot product of the streamed row r0 + i
// and the packed lane; -inf where it is not seen. The stream is of floats. `partial`: whether some lane may not see
// some of these rows.
HWY_INLINE void compute_scores(const Stream& stream, std::int64_t r0, const Tile& tile, const float* packed,
                               const float* start, bool partial, Block& scores) {
  alignas(64) static constexpr float zeros[lanes] = {};
  const bool capped = stream.form.cap != 0;
  const bool sloping = stream.form.slope != 0;
  begin_scores(capped ? nullptr : stream.bias, r0, capped ? zeros : start, scores);
  const bool tail = r0 + rows > stream.rows;
  const std::int64_t tail_begin = stream.rows - stream.rows % max_rows;
  const float* a =
      tail ? stream.tail + (r0 - tail_begin) * stream.depth : stream.data + (r0 - stream.first) * stream.stride;
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
  if (HWY_LIKELY(!partial && !capped && !sloping)) return;
  store_block(scores, stored);
  if (capped) cap_scores(stream, r0, start, stored);
  if (sloping) add_slope(stream, r0, tile, stored);
  if (partial) hide(tile, r0, stored);
  load_block(stored, scores);
}

// Calls visit(block, t, part) for each tile and what it may see of each block of streamed rows, blocks outermost; the
// stream `block` has the part in floats. `whole`: one part a block and tile, without a gap, even where a bitmap hides
// the middle.
template <bool whole = false, class Visit>
HWY_INLINE void for_each_part(const TileWork& work, Visit visit) {
  for (std::int64_t r0 = work.rows.begin; r0 < work.rows.end; r0 += block_rows) {
    if (work.stop.stop_requested()) return;
    const std::int64_t r1 = std::min(r0 + block_rows, work.rows.end);
    Stream block = work.stream;
    bool ready = block.halves == nullptr;
    for (int t = 0; t < work.tile_count; ++t) {
      const Tile& tile = work.tiles[t];
      if (tile.state(r0, r1) == BlockState::none) continue;
      if (!ready) block = widened(work.stream, {r0, r1}, work.widened);
      ready = true;
      const auto visit_part = [&](KeyRange part) { visit(block, t, part); };
      if constexpr (whole) {
        const KeyRange part = tile.visible_part(r0, r1);
        if (part.begin < part.end) visit_part(part);
      } else {
        tile.for_each_run(r0, r1, visit_part);
      }
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
