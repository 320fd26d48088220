// Dot products of 64 queries and 64 keys in float32: sums over head_dim in its order.
#pragma once
#include "kernels/head.h"

namespace attnscope::kernels {

constexpr int tile_side = 64;

template <class Number>
struct alignas(4 * sizeof(Number)) FourNumbers {
  Number x[4];
};

// 16 dimensions at a time, transposed.
struct FloatStage {
  static constexpr int depth = 16;
  alignas(16) float q[depth][tile_side + 4];
  float k[depth][tile_side + 4];
};

// What a thread holds of the tile: rows row0 + [0, 8), columns column0 + [0, 4).
struct MicroTile {
  int row0 = static_cast<int>(threadIdx.x) / 16 * 8;
  int column0 = static_cast<int>(threadIdx.x) % 16 * 4;
};

// Sums of 16 dimensions are made apart and added with what their additions lose: scores decide how P is
// shared out among large ones, so their last bits count.
struct FloatProducts {
  static constexpr int depth = FloatStage::depth;
  float value[8][4] = {};
  float lost[8][4] = {};

  // The dimensions [dim, dim + depth) of the entries [begin, begin + 64) of a list; rows beyond it are zero.
  static __device__ __forceinline__ void load(float (&to)[depth][tile_side + 4], const void* matrix, int width, int dim,
                                              const RowList& list, int begin) {
    constexpr int quads = depth / 4;
    for (int e = static_cast<int>(threadIdx.x); e < tile_side * quads; e += threads) {
      const int row = e / quads;
      const int column = e % quads * 4;
      FourNumbers<float> numbers{};
      if (begin + row < list.count) {
        const std::int64_t place = static_cast<std::int64_t>(list.at(begin + row)) * width + dim + column;
        numbers = *reinterpret_cast<const FourNumbers<float>*>(static_cast<const float*>(matrix) + place);
      }
      for (int c = 0; c < 4; ++c) to[column + c][row] = numbers.x[c];
    }
  }
  static __device__ __forceinline__ void wait() {}

  __device__ __forceinline__ void add(const FloatStage& stage, int /*dims*/) {
    const MicroTile mine;
#pragma unroll
    for (int half = 0; half < 8; half += 4) {  // half the rows at a time, for want of registers
      float part[4][4] = {};
#pragma unroll 4
      for (int dim = 0; dim < depth; ++dim) {
        float q[4], k[4];
#pragma unroll
        for (int r = 0; r < 4; ++r) q[r] = stage.q[dim][mine.row0 + half + r];
#pragma unroll
        for (int c = 0; c < 4; ++c) k[c] = stage.k[dim][mine.column0 + c];
#pragma unroll
        for (int r = 0; r < 4; ++r) {
#pragma unroll
          for (int c = 0; c < 4; ++c) part[r][c] += q[r] * k[c];
        }
      }
#pragma unroll
      for (int r = 0; r < 4; ++r) {
#pragma unroll
        for (int c = 0; c < 4; ++c) add_to(value[half + r][c], lost[half + r][c], part[r][c]);
      }
    }
  }

  // Calls visit(row, column, product) for what the thread holds.
  template <class Visit>
  __device__ __forceinline__ void for_each(Visit visit) const {
    const MicroTile mine;
#pragma unroll
    for (int r = 0; r < 8; ++r) {
#pragma unroll
      for (int c = 0; c < 4; ++c) visit(mine.row0 + r, mine.column0 + c, value[r][c]);
    }
  }
};

}  // namespace attnscope::kernels
