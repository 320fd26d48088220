#include "attention/cpu/forward_kernel.h"

// The order of these matters: foreach_target.h includes this file once for each instruction set.
// clang-format off
#include "attention/cpu/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "attention/cpu/forward_kernel.cpp"
#include "hwy/foreach_target.h"
#include "attention/cpu/forward-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace attnscope::cpu::HWY_NAMESPACE {
ForwardKernel make_forward_kernel() {
  constexpr std::int64_t work = forward_tiles * lanes * 4096 * (128 + work_of_a_weight);
  return {lanes, forward_tiles, forward_tiles, work, forward_scratch_size, forward_block};
}
}  // namespace attnscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace attnscope::cpu {
ForwardKernel forward_kernel(CpuTarget target) { return ATTNSCOPE_CPU_PICK(target, make_forward_kernel); }
}  // namespace attnscope::cpu
#endif
