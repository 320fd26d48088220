// The k largest of rows of weights, and their keys: descending, among equals the lower key first. A block takes a row
// and finds the largest number below the last one k times, so it is for small k.
#pragma once
#include "kernels/instructions.h"

namespace attnscope::kernels {

struct SelectParameters {
  const float* p;  // [rows, n_k], none below 0
  int n_k, k;
  int* keys;      // [rows, k]; -1 where there is no weight above 0
  float* values;  // [rows, k]
};

struct SelectShared {
  unsigned long long best[threads / 32];
};

// A weight above 0 and its key in the order of the result: weights of one sign order like their bits.
__device__ __forceinline__ unsigned long long rank_of(float p, int key) {
  return p > 0 ? static_cast<unsigned long long>(bits_of(p)) << 32U | (0xffffffffU - static_cast<unsigned>(key)) : 0;
}

__device__ __forceinline__ unsigned long long largest_of_block(unsigned long long mine, SelectShared& shared) {
  for (int distance = 16; distance > 0; distance /= 2) mine = greater(mine, __shfl_xor_sync(~0U, mine, distance));
  if (threadIdx.x % 32 == 0) shared.best[threadIdx.x / 32] = mine;
  __syncthreads();
  unsigned long long best = shared.best[0];
  for (int warp = 1; warp < threads / 32; ++warp) best = greater(best, shared.best[warp]);
  __syncthreads();
  return best;
}

__global__ void __launch_bounds__(threads) select(const SelectParameters p, const int first_block) {
  SelectShared& shared = shared_as<SelectShared>();
  const std::int64_t row = first_block + static_cast<int>(blockIdx.x);
  const float* weights = p.p + row * p.n_k;
  unsigned long long last = ~0ULL;
  for (int place = 0; place < p.k; ++place) {
    unsigned long long best = 0;
    for (int j = static_cast<int>(threadIdx.x); j < p.n_k && last != 0; j += threads) {
      const unsigned long long rank = rank_of(weights[j], j);
      if (rank < last) best = greater(best, rank);
    }
    last = largest_of_block(best, shared);
    if (threadIdx.x != 0) continue;
    p.keys[row * p.k + place] = last == 0 ? -1 : static_cast<int>(0xffffffffU - static_cast<unsigned>(last));
    p.values[row * p.k + place] = last == 0 ? 0 : float_of(static_cast<unsigned>(last >> 32U));
  }
}

}  // namespace attnscope::kernels
