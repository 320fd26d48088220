// The inner part of `forward` for one block of queries: what forward.cpp cuts the work into and a kernel runs.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <stop_token>

#include "attention/cpu/cpu_backend.h"
#include "attention/cpu/tile.h"

namespace attnscope::cpu {

// What is known of a row's weights from a part of its keys: their sum, relative to the largest of their scores or to
// one near it, in units of log2.
struct RowSoFar {
  double sum = 0;
  float maximum = 0;
};

// What sums over P V are to be multiplied with.
struct MergeFactors {
  float before = 0, now = 1;
};

// Adds a part of a row to what is known of it.
inline MergeFactors merge(RowSoFar& row, const RowSoFar& part) {
  if (part.sum == 0) return {1, 0};
  if (row.sum == 0) {
    row = part;
    return {0, 1};
  }
  const float maximum = std::max(row.maximum, part.maximum);
  const MergeFactors factors{std::exp2(row.maximum - maximum), std::exp2(part.maximum - maximum)};
  row = {row.sum * factors.before + part.sum * factors.now, maximum};
  return factors;
}

// Consecutive queries of one head against the keys of `keys`. A long row of keys is cut: each part is summed apart and
// merged with those before, which lie in `o` (sums not yet divided) and `so_far`, by query.
struct ForwardBlock {
  const Tile* tiles = nullptr;
  int tile_count = 0;
  Stream stream;                 // the head's keys
  const void* values = nullptr;  // stored as the keys are
  std::int64_t value_stride = 0;
  std::int64_t value_depth = 0;  // 0 where o is not wanted
  KeyRange keys;
  bool first = true;  // nothing to carry on from
  bool last = true;   // divide and write o and lse
  float* o = nullptr;
  std::int64_t o_stride = 0;
  float* lse = nullptr;
  RowSoFar* so_far = nullptr;  // null unless the row is cut
  std::optional<float> sink_logit;
  std::stop_token stop;  // the block is left unfinished when this is requested
};

struct ForwardKernel {
  int lanes = 0;  // queries of a tile
  int tiles = 0;  // that share a block of keys, at most: up to max_forward_tiles
  // The same where the keys are cut into parts: fewer, for longer parts, since after each its sums are added to those
  // in memory.
  int tiles_in_parts = 0;
  std::int64_t work = 0;  // of a task of two or three milliseconds: queries x keys x (dimensions + work_of_a_weight)
  // Floats of scratch memory that `run` needs, 64-byte aligned.
  std::size_t (*scratch_size)(const Stream& stream, std::int64_t value_depth) = nullptr;
  void (*run)(const ForwardBlock& block, float* scratch) = nullptr;
};

constexpr int max_forward_tiles = 32;

ForwardKernel forward_kernel(CpuTarget target);

// What a query's sums are to be multiplied with, and its lse in nats.
struct FinishedRow {
  float factor = 0;
  float lse = 0;
};

// From all of a query's weights and the sink logit, one weight more.
inline FinishedRow finish_row(const RowSoFar& row, const std::optional<float>& sink_logit) {
  const double keys = row.sum > 0 ? std::log2(row.sum) + row.maximum : -std::numeric_limits<double>::infinity();
  const float factor = row.sum > 0 ? static_cast<float>(1 / row.sum) : 0.0F;
  if (!sink_logit) return {factor, static_cast<float>(keys * ln_2)};
  const double sink = *sink_logit * log2_e;
  const double most = std::max(keys, sink);
  const double all = most + std::log2(std::exp2(keys - most) + std::exp2(sink - most));
  return {row.sum > 0 ? static_cast<float>(std::exp2(keys - all) / row.sum) : 0.0F, static_cast<float>(all * ln_2)};
}

// Ends a part for one query of the block: keeps `part` or, after the last, writes lse. Returns what the sums in `o` and
// those of the part are to be multiplied with.
inline MergeFactors end_row(const ForwardBlock& block, std::int64_t query, const RowSoFar& part) {
  RowSoFar row;
  if (!block.first) row = block.so_far[query];
  MergeFactors factors = merge(row, part);
  if (!block.last) {
    block.so_far[query] = row;
    return factors;
  }
  const FinishedRow finished = finish_row(row, block.sink_logit);
  if (block.lse != nullptr) block.lse[query] = finished.lse;
  return {factors.before * finished.factor, factors.now * finished.factor};
}

}  // namespace attnscope::cpu
