// Fused attention of a block of queries: O and log-sum-exp in one pass over the keys, P never stored. Compiled for each
// instruction set.
//
// Queries lie in the lanes: S^T = K Q^T and O^T = V^T P^T, so that the softmax's maximum and sum are vertical and both
// products share one micro kernel; K and V of floats are read in place.
#if defined(ATTNSCOPE_CPU_FORWARD_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTNSCOPE_CPU_FORWARD_INL_H
#undef ATTNSCOPE_CPU_FORWARD_INL_H
#else
#define ATTNSCOPE_CPU_FORWARD_INL_H
#endif

#include <cmath>

#include "attention/cpu/forward_kernel.h"
#include "attention/cpu/maximum-inl.h"
#include "attention/cpu/score-inl.h"

HWY_BEFORE_NAMESPACE();
namespace attnscope::cpu::HWY_NAMESPACE {

constexpr int forward_tiles = 4;

// One tile on its way: queries packed, sums of O by [value dimension, lane], and the softmax so far.
struct Running {
  const Tile* tile;
  float* packed;
  float* o;
  RunningMaximum maximum;
};

inline std::int64_t padded_depth(std::int64_t value_depth) { return (value_depth + rows - 1) / rows * rows; }

inline std::size_t forward_scratch_size(const Stream& stream, std::int64_t value_depth) {
  const std::int64_t per_lane = stream.depth + padded_depth(value_depth) + 2;
  return static_cast<std::size_t>(forward_tiles * lanes * per_lane + block_rows * (lanes + rows)) +
         stream.widened_size(stream.depth) + stream.widened_size(padded_depth(value_depth));
}

// A block of keys and its values as the products read them: value dimensions in groups of `rows`, the last of them in
// `value_tail` [keys, rows] where they do not fill one.
struct KeyBlock {
  Stream keys;
  const float* values;  // of key `first`
  std::int64_t value_stride;
  std::int64_t whole_groups;  // value dimensions in `values`
  const float* value_tail;
  std::int64_t first;
};

// p [keys, lanes] = exp2(score - maximum) of the keys [k0, k1), and their sum into run.maximum.sum. A group of
// keys is summed apart and then added, and so is the block, which keeps the error of long rows down.
inline HWY_NOINLINE void weigh(const Stream& keys, std::int64_t value_depth, Running& run, std::int64_t k0,
                               std::int64_t k1, float* p) {
  const std::int64_t whole = k0 + (k1 - k0 + rows - 1) / rows * rows;
  const bool partial = run.tile->state(k0, whole) != BlockState::all;
  Vector sums[vectors];
#pragma GCC unroll 3
  for (int j = 0; j < vectors; ++j) sums[j] = hn::Zero(Floats());
  for (std::int64_t k = k0; k < k1; k += rows) {
    Block scores;
    const bool hides = partial && run.tile->state(k, k + rows) != BlockState::all;
    compute_scores(keys, k, *run.tile, run.packed, run.maximum.negated, hides, scores);
    Vector top[vectors];
    largest_of_group(scores, top);
    if (HWY_UNLIKELY(must_move(run.maximum, top))) {
      MaximumMove move;
      move_for_group(run.maximum, top, scores, sums, move);
      scale_lanes(run.o, value_depth, move);
      scale_lanes(p, k - k0, move);
    }
    float* to = p + (k - k0) * lanes;
    Vector group[vectors];
#pragma GCC unroll 8
    for (int i = 0; i < rows; ++i) {
#pragma GCC unroll 3
      for (int j = 0; j < vectors; ++j) {
        const Vector weight = exp2_bounded(scores[i][j]);
        group[j] = i == 0 ? weight : hn::Add(group[j], weight);
        store(to + i * lanes + j * vector_lanes, weight);
      }
    }
#pragma GCC unroll 3
    for (int j = 0; j < vectors; ++j) sums[j] = hn::Add(sums[j], group[j]);
  }
#pragma GCC unroll 3
  for (int j = 0; j < vectors; ++j)
    store(run.maximum.sum + j * vector_lanes, hn::Add(sums[j], load(run.maximum.sum + j * vector_lanes)));
}

// o [rows, lanes] += sum over k < count of values[k * step + i] * p[k][:]. The block's sum is formed apart and then
// added, which keeps the error of long rows down.
inline HWY_NOINLINE void add_values(const float* values, std::ptrdiff_t step, std::int64_t count, const float* p,
                                    float* o) {
  constexpr std::int64_t rows_ahead = 16;
  Block sums;
  clear_block(sums);
  add_products(values, 1, step, p, count, sums,
               [&](std::int64_t k) { hwy::Prefetch(values + (k + rows_ahead) * step); });
  add_stored(o, sums);
  store_block(sums, o);
}

inline void begin_tile(const ForwardBlock& block, const Running& run) {
  pack(*run.tile, block.stream.depth, block.stream.form.factor, run.packed);
  std::fill(run.o, run.o + padded_depth(block.value_depth) * lanes, 0.0F);
  std::fill(run.maximum.negated, run.maximum.negated + lanes, 0.0F);
  std::fill(run.maximum.sum, run.maximum.sum + lanes, 0.0F);
}

inline void end_tile(const ForwardBlock& block, int t, const Running& run) {
  for (int lane = 0; lane < run.tile->count; ++lane) {
    const std::int64_t query = static_cast<std::int64_t>(t) * lanes + lane;
    const MergeFactors factors = end_row(block, query, {run.maximum.sum[lane], -run.maximum.negated[lane]});
    float* o = block.o + query * block.o_stride;
    for (std::int64_t c = 0; c < block.value_depth; ++c) {
      const float before = block.first ? 0 : o[c] * factors.before;
      o[c] = before + run.o[c * lanes + lane] * factors.now;
    }
  }
}

// The value dimensions that do not fill a group of `rows`, padded with zeros: [keys, rows].
inline void copy_value_tail(const ForwardBlock& block, KeyRange keys, float* tail) {
  const std::int64_t begin = block.value_depth / rows * rows;
  if (begin == block.value_depth) return;
  const float* from = static_cast<const float*>(block.values) + keys.begin * block.value_stride + begin;
  for (std::int64_t k = keys.begin; k < keys.end; ++k, tail += rows, from += block.value_stride) {
    for (int i = 0; i < rows; ++i) tail[i] = begin + i < block.value_depth ? from[i] : 0.0F;
  }
}

// Floats are read where they are, but for the values' tail; halves become floats in `widened`, values padded.
inline KeyBlock prepare_keys(const ForwardBlock& block, KeyRange keys, float* tail, float* widened_rows) {
  KeyBlock ready{widened(block.stream, keys, widened_rows), nullptr, 0, 0, tail, keys.begin};
  if (block.value_depth == 0) return ready;
  if (block.stream.halves == nullptr) {
    copy_value_tail(block, keys, tail);
    ready.values = static_cast<const float*>(block.values) + keys.begin * block.value_stride;
    ready.value_stride = block.value_stride;
    ready.whole_groups = block.value_depth / rows * rows;
    return ready;
  }
  float* values = widened_rows + block_rows * block.stream.depth;
  ready.value_stride = ready.whole_groups = padded_depth(block.value_depth);
  widen_rows(block.values, block.stream.dtype, block.value_stride, keys, block.value_depth, ready.value_stride, values);
  ready.values = values;
  return ready;
}

// Adds a part of one block of keys to a tile.
inline void attend(const KeyBlock& block, std::int64_t value_depth, Running& run, KeyRange part, float* p) {
  weigh(block.keys, value_depth, run, part.begin, part.end, p);
  const std::int64_t count = part.end - part.begin;
  const std::int64_t skipped = part.begin - block.first;
  std::int64_t c = 0;
  for (; c < block.whole_groups; c += rows)
    add_values(block.values + skipped * block.value_stride + c, block.value_stride, count, p, run.o + c * lanes);
  if (c < value_depth) add_values(block.value_tail + skipped * rows, rows, count, p, run.o + c * lanes);
}

inline void forward_block(const ForwardBlock& block, float* scratch) {
  float* p = scratch;
  float* value_tail = p + block_rows * lanes;
  float* memory = value_tail + block_rows * rows;
  Running running[forward_tiles];
  for (int t = 0; t < block.tile_count; ++t) {
    float* packed = memory;
    float* o = packed + block.stream.depth * lanes;
    float* negated_max = o + padded_depth(block.value_depth) * lanes;
    running[t] = {block.tiles + t, packed, o, {negated_max, negated_max + lanes, false}};
    memory = negated_max + 2 * lanes;
    begin_tile(block, running[t]);
  }
  for (std::int64_t k0 = block.keys.begin; k0 < block.keys.end; k0 += block_rows) {
    if (block.stop.stop_requested()) return;
    const KeyRange keys{k0, std::min(k0 + block_rows, block.keys.end)};
    KeyBlock ready{};
    bool prepared = false;
    for (int t = 0; t < block.tile_count; ++t) {
      if (running[t].tile->state(keys.begin, keys.end) == BlockState::none) continue;
      if (!prepared) ready = prepare_keys(block, keys, value_tail, memory);
      prepared = true;
      running[t].tile->for_each_run(keys.begin, keys.end,
                                    [&](KeyRange part) { attend(ready, block.value_depth, running[t], part, p); });
    }
  }
  for (int t = 0; t < block.tile_count; ++t) end_tile(block, t, running[t]);
}

}  // namespace attnscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
