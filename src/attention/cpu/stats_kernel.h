// Sums over rows of P for one tile of consecutive queries: what row_stats is made of.
#pragma once
#include <cstdint>

#include "attention/cpu/cpu_backend.h"
#include "attention/cpu/tile.h"

namespace attnscope::cpu {

// By lane; as RowStats has them.
struct alignas(64) RowSums {
  float entropy[max_lanes];
  float distance[max_lanes];
  float self[max_lanes];
  float previous[max_lanes];
  float first[max_lanes];
  float largest[max_lanes];
  float entropy_lost[max_lanes], distance_lost[max_lanes];  // by additions
  std::int32_t largest_key[max_lanes];
};

struct StatsKernel {
  int lanes = 0;
  // Fills sums[t] for each tile, or carries on with them where work.rows does not begin with row 0; they are whole once
  // its end is that of the stream. Lane l of tile t stands at position first_position + t * lanes + l. The tiles'
  // `start` is -lse. Scratch: tile_count * depth * lanes floats, 64-byte aligned.
  void (*run)(const TileWork& work, std::int64_t first_position, RowSums* sums, float* scratch) = nullptr;
};

StatsKernel stats_kernel(CpuTarget target);

}  // namespace attnscope::cpu
