// Which scores of a tile of queries count, for the kernel on tile registers.
#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>

#include "attention/cpu/amx_pack-inl.h"
#include "attention/cpu/amx_vectors.h"
#include "attention/cpu/tile.h"

namespace attnscope::cpu::amx {

inline void hide_blocks(const Tile& tile, std::int64_t first, float* scores) {
  const std::int64_t end = std::min(first + step, tile.last_end());
  for (std::int64_t k = first; k < end; ++k, scores += lanes) {
    const std::int64_t of_row = (tile.origin + k) / tile.bitmap.block;
    for (int lane = 0; lane < lanes; ++lane) {
      if (!tile.set(tile.block[lane], of_row)) scores[lane] = -std::numeric_limits<float>::infinity();
    }
  }
}

inline void hide_step(const Tile& tile, std::int64_t first, float* scores) {
  for (int v = 0; v < vectors; ++v) {
    const auto begin = load_as<Ints>(tile.begin + v * vector_lanes);
    const auto end = load_as<Ints>(tile.end + v * vector_lanes);
    const auto sink_end = load_as<Ints>(tile.sink_end + v * vector_lanes);
    for (int k = 0; k < step; ++k) {
      const Ints key = static_cast<std::int32_t>(first) + k - Ints{};
      float* const score = scores + k * lanes + v * vector_lanes;
      const Ints seen = ((key >= begin) & (key < end)) | (key < sink_end);
      store(seen != 0 ? load(score) : splat(-std::numeric_limits<float>::infinity()), score);
    }
  }
  if (tile.bitmap.bits != nullptr) hide_blocks(tile, first, scores);
}

// -inf over the scores [keys, lanes] of `steps` steps of keys from `first` on that a query does not see.
inline void hide(const Tile& tile, std::int64_t first, std::int64_t steps, float* scores) {
  for (std::int64_t s = 0; s < steps; ++s, first += step, scores += step * lanes) {
    if (tile.state(first, first + step) != BlockState::all) hide_step(tile, first, scores);
  }
}

}  // namespace attnscope::cpu::amx
