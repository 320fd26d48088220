// Which instruction sets Highway compiles the kernels for, and how one of them is called by name. To be included before
// any Highway header, in every file that defines kernels.
#pragma once

// SSSE3 and AVX3_DL would be compiled for next to no gain; kernels keep vectors in arrays, which SVE cannot.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#include "attention/cpu/cpu_backend.h"
#include "hwy/targets.h"

// FUNCTION as compiled for one instruction set, called from the namespace that encloses HWY_NAMESPACE.
#if HWY_TARGETS & HWY_AVX3
#define ATTNSCOPE_CPU_AVX512(FUNCTION) N_AVX3::FUNCTION
#else
#define ATTNSCOPE_CPU_AVX512(FUNCTION) HWY_STATIC_DISPATCH(FUNCTION)
#endif
#if HWY_TARGETS & HWY_AVX2
#define ATTNSCOPE_CPU_AVX2(FUNCTION) N_AVX2::FUNCTION
#else
#define ATTNSCOPE_CPU_AVX2(FUNCTION) HWY_STATIC_DISPATCH(FUNCTION)
#endif
#if HWY_TARGETS & HWY_SSE4
#define ATTNSCOPE_CPU_SSE4(FUNCTION) N_SSE4::FUNCTION
#else
#define ATTNSCOPE_CPU_SSE4(FUNCTION) HWY_STATIC_DISPATCH(FUNCTION)
#endif

namespace attnscope::cpu {

// The one of four variants of a value that belongs to `target` on this machine.
template <class Value>
Value pick(CpuTarget target, Value avx512, Value avx2, Value sse4, Value plain) {
  if (target == CpuTarget::avx512) return avx512;
  if (target == CpuTarget::avx2) return avx2;
  return (hwy::SupportedTargets() & HWY_SSE4) != 0 ? sse4 : plain;
}

}  // namespace attnscope::cpu

// Calls the maker FUNCTION() of the instruction set `target`.
#define ATTNSCOPE_CPU_PICK(target, FUNCTION)                                                                     \
  pick(target, ATTNSCOPE_CPU_AVX512(FUNCTION)(), ATTNSCOPE_CPU_AVX2(FUNCTION)(), ATTNSCOPE_CPU_SSE4(FUNCTION)(), \
       HWY_STATIC_DISPATCH(FUNCTION)())
