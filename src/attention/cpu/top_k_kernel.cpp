#include "attention/cpu/top_k_kernel.h"

// The order of these matters: foreach_target.h includes this file once for each instruction set.
// clang-format off
#include "attention/cpu/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "attention/cpu/top_k_kernel.cpp"
#include "hwy/foreach_target.h"
#include "attention/cpu/top_k-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace attnscope::cpu::HWY_NAMESPACE {
TopKKernel make_top_k_kernel() { return {lanes, top_k_scratch_size, top_k_tiles}; }
}  // namespace attnscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace attnscope::cpu {
TopKKernel top_k_kernel(CpuTarget target) { return ATTNSCOPE_CPU_PICK(target, make_top_k_kernel); }
}  // namespace attnscope::cpu
#endif
