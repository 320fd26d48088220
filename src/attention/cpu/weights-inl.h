// The kernels of weights_kernel.h. Compiled for each instruction set.
#if defined(ATTNSCOPE_CPU_WEIGHTS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTNSCOPE_CPU_WEIGHTS_INL_H
#undef ATTNSCOPE_CPU_WEIGHTS_INL_H
#else
#define ATTNSCOPE_CPU_WEIGHTS_INL_H
#endif

#include "attention/cpu/exp2-inl.h"
#include "attention/cpu/lane-inl.h"
#include "attention/cpu/score-inl.h"
#include "attention/cpu/sum-inl.h"
#include "attention/cpu/weights_kernel.h"

HWY_BEFORE_NAMESPACE();
namespace attnscope::cpu::HWY_NAMESPACE {

inline void write_weights(const Tile& tile, const Stream& stream, const float* packed, KeyRange part, float* memory,
                          float* p) {
  for_each_group(widened(stream, part, memory), tile, packed, part, [&](std::int64_t r, Block& scores) {
    float* to = p + (r - part.begin) * lanes;
#pragma GCC unroll 8
    for (int i = 0; i < rows; ++i)
#pragma GCC unroll 3
      for (int j = 0; j < vectors; ++j) store(to + i * lanes + j * vector_lanes, exp2(scores[i][j]));
  });
}

// A group of rows is summed apart and then added, and so is the block, which keeps the error of long streams down.
inline HWY_NOINLINE void add_block_sums(const Stream& stream, const Tile& tile, const float* packed, KeyRange part,
                                        float* sums, float* lost) {
  Vector block[vectors];
#pragma GCC unroll 3
  for (int j = 0; j < vectors; ++j) block[j] = hn::Zero(Floats());
  for_each_group(stream, tile, packed, part, [&](std::int64_t /*r*/, Block& scores) {
#pragma GCC unroll 3
    for (int j = 0; j < vectors; ++j) {
      Vector group = exp2(scores[0][j]);
#pragma GCC unroll 8
      for (int i = 1; i < rows; ++i) group = hn::Add(group, exp2(scores[i][j]));
      block[j] = hn::Add(block[j], group);
    }
  });
#pragma GCC unroll 3
  for (int j = 0; j < vectors; ++j) add_to(sums + j * vector_lanes, lost + j * vector_lanes, block[j]);
}

inline void sum_weights(const TileWork& work, float* sums, float* scratch) {
  alignas(64) float lost[tiles_at_once * lanes] = {};
  const std::int64_t packed_size = work.stream.depth * lanes;
  for (int t = 0; t < work.tile_count; ++t) {
    pack(work.tiles[t], work.stream.depth, work.stream.form.factor, scratch + t * packed_size);
    std::fill(sums + t * lanes, sums + (t + 1) * lanes, 0.0F);
  }
  for_each_part(work, [&](const Stream& stream, int t, KeyRange part) {
    add_block_sums(stream, work.tiles[t], scratch + t * packed_size, part, sums + t * lanes, lost + t * lanes);
  });
}

}  // namespace attnscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
