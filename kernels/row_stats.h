// row_stats: what there is to say about each row of P. A block takes 64 queries past all keys, two threads a query.
#pragma once
#include "kernels/score_tile.h"

namespace attnscope::kernels {

struct RowStatsParameters {
  Head head;
  const float* lse;  // [n_q]
  // [n_q] each
  float *entropy, *distance, *self, *previous, *first, *largest;
  int* largest_key;
};

struct RowOfStats {
  Sum entropy, distance;
  float self = 0, previous = 0, first = 0, largest = 0;
  int largest_key = -1;

  // Keys come in increasing order.
  __device__ __forceinline__ void add(float log_p, int position, int key, float& entropy_part, float& distance_part) {
    const float p = expf(log_p);
    if (p > 0) entropy_part -= p * log_p;
    const int apart = position - key;
    distance_part += p * static_cast<float>(apart < 0 ? -apart : apart);
    if (apart == 0) self = p;
    if (apart == 1) previous = p;
    if (key == 0) first = p;
    if (largest_key < 0 || p > largest) {
      largest = p;
      largest_key = key;
    }
  }

  // With what the neighbouring lane found among the other keys.
  __device__ __forceinline__ void join() {
    entropy.add(__shfl_xor_sync(~0U, entropy.value, 1));
    distance.add(__shfl_xor_sync(~0U, distance.value, 1));
    self += __shfl_xor_sync(~0U, self, 1);
    previous += __shfl_xor_sync(~0U, previous, 1);
    first += __shfl_xor_sync(~0U, first, 1);
    const float other = __shfl_xor_sync(~0U, largest, 1);
    const int other_key = __shfl_xor_sync(~0U, largest_key, 1);
    const bool better = other > largest || (other == largest && other_key < largest_key);
    if (other_key >= 0 && (largest_key < 0 || better)) {
      largest = other;
      largest_key = other_key;
    }
  }
};

template <class Number>
__global__ void __launch_bounds__(threads) row_stats(const RowStatsParameters p, const int first_block) {
  ScoreTile& tile = shared_as<ScoreTile>();
  const RowList queries{nullptr, 0, p.head.n_q};
  const RowList keys{nullptr, 0, p.head.n_k};
  const int q_begin = (divide_up(p.head.n_q, tile_side) - 1 - first_block - static_cast<int>(blockIdx.x)) * tile_side;
  const int row = static_cast<int>(threadIdx.x) / 2;
  const int half = static_cast<int>(threadIdx.x) % 2 * (tile_side / 2);
  const int i = q_begin + row;
  const float a = i < p.head.n_q ? usable_bias(-p.lse[i]) : 0;
  RowOfStats sums;
  for (int k_begin = 0; k_begin < p.head.n_k; k_begin += tile_side) {
    if (!score_tile<Number>(p.head, queries, q_begin, keys, k_begin, tile)) continue;
    float entropy = 0, distance = 0;
    for (int column = half; column < half + tile_side / 2; ++column) {
      const float s = tile.s[row][column];
      if (s > -infinity) sums.add(s + a, i + static_cast<int>(p.head.mask.offset), k_begin + column, entropy, distance);
    }
    sums.entropy.add(entropy);
    sums.distance.add(distance);
  }
  sums.join();
  if (i >= p.head.n_q || half != 0) return;
  p.entropy[i] = sums.entropy.value;
  p.distance[i] = sums.distance.value;
  p.self[i] = sums.self;
  p.previous[i] = sums.previous;
  p.first[i] = sums.first;
  p.largest[i] = sums.largest;
  p.largest_key[i] = sums.largest_key;
}

}  // namespace attnscope::kernels
