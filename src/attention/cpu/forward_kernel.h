// The inner part of `forward` for one block of queries: what forward.cpp cuts the work into and a kernel runs.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>

#include "attention/cpu/cpu_backend.h"
#include "attention/cpu/tile.h"

namespace attnscope::cpu {

constexpr int forward_tiles = 4;  // tiles of queries that share a block of keys in the cache

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
  int lanes = 0;
  // Floats of scratch memory that `run` needs, 64-byte aligned.
  std::size_t (*scratch_size)(const Stream& stream, std::int64_t value_depth) = nullptr;
  void (*run)(const ForwardBlock& block, float* scratch) = nullptr;
};

ForwardKernel forward_kernel(CpuTarget target);

}  // namespace attnscope::cpu
