// Pooled P of a few tiles of sampled queries, log-sum-exp found on the way: the inner part of sampled_map.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "attention/cpu/cpu_backend.h"
#include "attention/cpu/tile.h"

namespace attnscope::cpu {

// What is known of one tile after its keys have been seen in parts, each part with a maximum of its own. A segment is a
// run of keys inside one pixel column and one block of block_rows keys. All in units of log2, [.., lanes].
struct SampledTile {
  float* part_negated_max = nullptr;     // [parts, lanes]
  float* part_sum = nullptr;             // [parts, lanes]: sum of exp2(score - max) over the part
  float* segment = nullptr;              // [segments, lanes]: the same over a segment, or its largest score; later P
  float* segment_negated_max = nullptr;  // [segments, lanes]: the maximum that a segment's sum refers to; mean only
};

struct SampledWork {
  TileWork tiles;  // tiles.rows is the part
  std::span<const SampledTile> results;
  std::int64_t part = 0;
  bool max = false;
  std::span<const std::int32_t> edges;  // of all segments: segment s holds the keys [edges[s], edges[s + 1])
};

struct SampledMapKernel {
  int lanes = 0;
  // Floats of scratch memory that `run` needs, 64-byte aligned.
  std::size_t (*scratch_size)(std::int64_t depth) = nullptr;
  // Writes one part of the results; segments that no lane sees stay as they are.
  void (*run)(const SampledWork& work, float* scratch) = nullptr;
  // After all parts: turns result.segment into sums of P or largest P.
  void (*normalise)(const SampledTile& result, std::int64_t parts, std::int64_t segments, bool max,
                    std::optional<float> sink_logit) = nullptr;
};

SampledMapKernel sampled_map_kernel(CpuTarget target);

}  // namespace attnscope::cpu
