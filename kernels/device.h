// What every kernel includes: CUDA under nvcc, its emulation under the host compiler. Kernels hold no conditional code
// of their own; all PTX is in instructions.h and instructions_hopper.h.
#pragma once
#include <cstdint>

#ifdef __CUDACC__
#include <cuda_runtime.h>
#else
#include "kernels/emulation/cuda.h"
#endif

namespace attnscope::kernels {

// Every kernel runs in blocks of so many threads, and block b of its work is blockIdx.x + `first_block`, so that a long
// launch can be cut into short ones without changing a result.
constexpr int threads = 128;
constexpr int hopper_threads = 384;  // of forward_hopper

// The block's dynamic shared memory as one struct.
template <class T>
__device__ __forceinline__ T& shared_as() {
#ifdef __CUDACC__
  extern __shared__ __align__(1024) unsigned char attnscope_shared[];
  return *reinterpret_cast<T*>(attnscope_shared);
#else
  emulation::Block& block = emulation::Block::current();
  block.shared_offset(block.shared(), sizeof(T), 1, "shared memory");
  return *reinterpret_cast<T*>(block.shared());
#endif
}

template <class T>
__host__ __device__ constexpr T lesser(T a, T b) {
  return b < a ? b : a;
}

template <class T>
__host__ __device__ constexpr T greater(T a, T b) {
  return a < b ? b : a;
}

__host__ __device__ constexpr int divide_up(int a, int b) { return (a + b - 1) / b; }

}  // namespace attnscope::kernels
