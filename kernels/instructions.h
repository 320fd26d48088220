// The GPU's instructions that C++ has no words for: PTX on the device, and for the host compiler the same functions, to
// the lane, in emulation/instructions.h. The layout of matrix fragments is PTX's (PTX ISA, "Matrix Fragments").
#pragma once
#include "kernels/device.h"

#ifndef __CUDACC__
#include "kernels/emulation/instructions.h"
#else
#include <cuda_bf16.h>
#include <cuda_fp16.h>

namespace attnscope::kernels {

// Numbers of 16 bits as they lie in memory.
struct F16 {
  std::uint16_t bits;
};
struct BF16 {
  std::uint16_t bits;
};

__device__ __forceinline__ float to_float(float x) { return x; }
__device__ __forceinline__ float to_float(F16 x) { return __half2float(__ushort_as_half(x.bits)); }
__device__ __forceinline__ float to_float(BF16 x) { return __uint_as_float(static_cast<unsigned>(x.bits) << 16U); }

__device__ __forceinline__ unsigned bits_of(float x) { return __float_as_uint(x); }
__device__ __forceinline__ float float_of(unsigned bits) { return __uint_as_float(bits); }

}  // namespace attnscope::kernels
#endif
