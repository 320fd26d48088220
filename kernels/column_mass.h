// column_mass: what all queries together give to each key. A block takes 64 keys past all queries, two threads a key.
#pragma once
#include "kernels/score_tile.h"

namespace attnscope::kernels {

struct ColumnMassParameters {
  Head head;
  const float* lse;  // [n_q]
  float* mass;       // [n_k]
};

struct ColumnMassShared {
  ScoreTile tile;
  float sums[threads];
};

template <class Number>
__global__ void __launch_bounds__(threads) column_mass(const ColumnMassParameters p, const int first_block) {
  ColumnMassShared& shared = shared_as<ColumnMassShared>();
  const RowList queries{nullptr, 0, p.head.n_q};
  const RowList keys{nullptr, 0, p.head.n_k};
  const int k_begin = (first_block + static_cast<int>(blockIdx.x)) * tile_side;
  const int column = static_cast<int>(threadIdx.x) % tile_side;
  const int half = static_cast<int>(threadIdx.x) / tile_side * (tile_side / 2);
  Sum mass;
  for (int q_begin = 0; q_begin < p.head.n_q; q_begin += tile_side) {
    if (!score_tile<Number>(p.head, queries, q_begin, keys, k_begin, shared.tile)) continue;
    float part = 0;
    const int rows = lesser(half + tile_side / 2, p.head.n_q - q_begin);
    for (int row = half; row < rows; ++row)
      part += expf(shared.tile.s[row][column] + usable_bias(-p.lse[q_begin + row]));
    mass.add(part);
  }
  shared.sums[threadIdx.x] = mass.value;
  __syncthreads();
  if (half == 0 && k_begin + column < p.head.n_k)
    p.mass[k_begin + column] = shared.sums[column] + shared.sums[column + tile_side];
}

}  // namespace attnscope::kernels
