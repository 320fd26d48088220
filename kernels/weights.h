// rows and columns: exp(s[i,j] + a + b) of chosen queries and keys. A block writes 64 x 64 of them.
#pragma once
#include "kernels/score_tile.h"

namespace attnscope::kernels {

struct WeightsParameters {
  Head head;
  RowList queries, keys;
  const float* a;  // per entry of `queries`
  const float* b;  // per key of the head; null: 0
  float* p;        // [entries of queries, entries of keys]
};

inline int weights_blocks(const WeightsParameters& p) {
  return divide_up(p.queries.count, tile_side) * divide_up(p.keys.count, tile_side);
}

template <class Number>
__global__ void __launch_bounds__(threads) weights(const WeightsParameters p, const int first_block) {
  ScoreTile& tile = shared_as<ScoreTile>();
  const int block = first_block + static_cast<int>(blockIdx.x);
  const int key_tiles = divide_up(p.keys.count, tile_side);
  const int q_begin = block / key_tiles * tile_side;
  const int k_begin = block % key_tiles * tile_side;
  const bool some = score_tile<Number>(p.head, p.queries, q_begin, p.keys, k_begin, tile);
  for (int e = static_cast<int>(threadIdx.x); e < tile_side * tile_side; e += threads) {
    const int row = e / tile_side;
    const int column = e % tile_side;
    if (q_begin + row >= p.queries.count || k_begin + column >= p.keys.count) continue;
    float weight = 0;
    if (some) {
      const float b = p.b == nullptr ? 0 : p.b[p.keys.at(k_begin + column)];
      weight = expf(tile.s[row][column] + usable_bias(p.a[q_begin + row]) + b);
    }
    p.p[static_cast<std::int64_t>(q_begin + row) * p.keys.count + k_begin + column] = weight;
  }
}

}  // namespace attnscope::kernels
