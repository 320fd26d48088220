// The largest weights of a few queries and their keys: the inner part of top_k.
#pragma once
#include <cstddef>
#include <cstdint>

#include "attention/cpu/cpu_backend.h"
#include "attention/cpu/tile.h"

namespace attnscope::cpu {

struct TopKKernel {
  int lanes = 0;
  // Floats of scratch memory that `run` needs for as many rows as `part` has, 64-byte aligned.
  std::size_t (*scratch_size)(const Stream& stream, KeyRange part) = nullptr;
  // keys, values [real lanes of all tiles, k], as Backend::top_k has them for the rows up to work.rows.end; where
  // work.rows does not begin with row 0 they hold those of the rows before. The tiles' `start` is the weighting's a.
  void (*run)(const TileWork& work, std::int64_t k, std::int32_t* keys, float* values, float* scratch) = nullptr;
};

TopKKernel top_k_kernel(CpuTarget target);

}  // namespace attnscope::cpu
