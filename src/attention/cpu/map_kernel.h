// Pools P over pixels for a few tiles of consecutive queries: the inner part of map.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "attention/cpu/cpu_backend.h"
#include "attention/cpu/tile.h"

namespace attnscope::cpu {

// The queries of one pixel row that lie in these tiles, counted over all their lanes, and where the row [columns] goes:
// it is combined with what is there, sums of P for mean, largest log2 P for max.
struct PixelRow {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  float* to = nullptr;
};

struct MapWork {
  TileWork tiles;  // the tiles' `start` is the weighting's a; all but the last are full
  bool max = false;
  // Pixel column x covers the keys [edges[x], edges[x + 1]); all of them cover all streamed rows.
  std::span<const std::int32_t> edges;
  std::span<const PixelRow> rows;  // side by side, all lanes
};

struct MapKernel {
  int lanes = 0;
  // Floats of scratch memory that `run` needs, 64-byte aligned.
  std::size_t (*scratch_size)(std::int64_t depth, std::int64_t columns) = nullptr;
  void (*run)(const MapWork& work, float* scratch) = nullptr;
  void (*exp2)(std::span<float> values) = nullptr;  // in place
};

MapKernel map_kernel(CpuTarget target);

}  // namespace attnscope::cpu
