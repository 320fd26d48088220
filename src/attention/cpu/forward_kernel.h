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

// Consecutive queries of one head against the keys of `keys`. A long row of keys is cut: between its parts the running
// state lies in `o` (sums not yet divided), `negated_max` and `sum` (softmax so far, in units of log2), each by query.
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
  float* negated_max = nullptr;  // null unless the row is cut
  float* sum = nullptr;
  std::optional<float> sink_logit;
  std::stop_token stop;  // the block is left unfinished when this is requested
};

struct ForwardKernel {
  int lanes = 0;  // queries of a tile
  int tiles = 0;  // that share a block of keys, at most: up to max_forward_tiles
  // The same where the keys are cut into parts: fewer, for longer parts, since between them what a query has so far is
  // written and read.
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

// From the sum of a query's weights relative to their maximum (units of log2), and the sink logit, one weight more.
inline FinishedRow finish_row(float weights, float maximum, const std::optional<float>& sink_logit) {
  const auto sum = static_cast<double>(weights);
  const double keys = sum > 0 ? std::log2(sum) + maximum : -std::numeric_limits<double>::infinity();
  const float factor = sum > 0 ? static_cast<float>(1 / sum) : 0.0F;
  if (!sink_logit) return {factor, static_cast<float>(keys * ln_2)};
  const double sink = *sink_logit * log2_e;
  const double most = std::max(keys, sink);
  const double all = most + std::log2(std::exp2(keys - most) + std::exp2(sink - most));
  return {sum > 0 ? static_cast<float>(std::exp2(keys - all) / sum) : 0.0F, static_cast<float>(all * ln_2)};
}

}  // namespace attnscope::cpu
