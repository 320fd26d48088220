// Weights exp2(score) of one tile, and their sums over the streamed rows: what rows, columns and column_mass are made
// of.
#pragma once
#include <cstddef>

#include "attention/cpu/cpu_backend.h"
#include "attention/cpu/tile.h"

namespace attnscope::cpu {

struct WeightsKernel {
  int lanes = 0;
  // packed [depth, lanes] = factor * the tile's rows; 64-byte aligned.
  void (*pack)(const Tile& tile, std::int64_t depth, float factor, float* packed) = nullptr;
  // p [r1 - r0, lanes], 64-byte aligned with room for max_rows more; at most block_rows rows, r0 a multiple of
  // max_rows. `memory`: stream.widened_size(stream.depth) floats.
  void (*weights)(const Tile& tile, const Stream& stream, const float* packed, KeyRange part, float* memory,
                  float* p) = nullptr;
  // p [part] of one lane alone, whose row of the tile is not packed: worth it for a few lanes. As for `weights`, with
  // room for max_lanes more.
  void (*lane_weights)(const Tile& tile, int lane, const Stream& stream, KeyRange part, float* p) = nullptr;
  // sums [tiles, lanes] of the weights over work.rows. Scratch: tile_count * depth * lanes floats, 64-byte aligned.
  void (*sums)(const TileWork& work, float* sums, float* scratch) = nullptr;
};

WeightsKernel weights_kernel(CpuTarget target);

}  // namespace attnscope::cpu
