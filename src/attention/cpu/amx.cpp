#include "attention/cpu/amx.h"

#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attention/cpu/amx_tiles.h"
#include "hwy/targets.h"

// What is defined from here on may use AVX-512 F, BW, DQ and VL; what was included before may not, so that no inline
// function of it is compiled for a machine that lacks them.
#include "attention/cpu/forward_kernel.h"
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,fma,prefer-vector-width=512")
#endif
#define ATTNSCOPE_AVX512_VECTORS
#include "attention/cpu/amx_forward-inl.h"

namespace attnscope::cpu {
template class amx::Forward<HardwareTiles, DType::f32>;
template class amx::Forward<HardwareTiles, DType::f16>;
template class amx::Forward<HardwareTiles, DType::bf16>;
}  // namespace attnscope::cpu
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

namespace attnscope::cpu {
namespace {

constexpr std::uint64_t arch_req_xcomp_perm = 0x1023;  // arch_prctl(2), since Linux 5.16
constexpr std::uint64_t xfeature_xtiledata = 18;

bool processor_has_amx() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return false;
  constexpr unsigned amx_bf16 = 1U << 22U;
  constexpr unsigned amx_tile = 1U << 24U;
  return (d & amx_bf16) != 0 && (d & amx_tile) != 0 && (hwy::SupportedTargets() & HWY_AVX3) != 0;
}

}  // namespace

bool amx_usable() {
  static const bool usable =
      processor_has_amx() && ::syscall(SYS_arch_prctl, arch_req_xcomp_perm, xfeature_xtiledata) == 0;
  return usable;
}

bool amx_takes(const HeadView& head) {
  constexpr std::int64_t deepest = 256;
  return !head.score.cap && head.score.slope == 0 && head.q.cols <= deepest && head.v.cols <= deepest;
}

ForwardKernel amx_forward_kernel(DType dtype) {
  if (dtype == DType::f32) return amx::Forward<HardwareTiles, DType::f32>::kernel();
  if (dtype == DType::f16) return amx::Forward<HardwareTiles, DType::f16>::kernel();
  return amx::Forward<HardwareTiles, DType::bf16>::kernel();
}

}  // namespace attnscope::cpu
