#include "attention/cpu/weights_kernel.h"

// The order of these matters: foreach_target.h includes this file once for each instruction set.
// clang-format off
#include "attention/cpu/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "attention/cpu/weights_kernel.cpp"
#include "hwy/foreach_target.h"
#include "attention/cpu/weights-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace attnscope::cpu::HWY_NAMESPACE {
WeightsKernel make_weights_kernel() { return {lanes, pack, write_weights, lane_weights, sum_weights}; }
}  // namespace attnscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace attnscope::cpu {
WeightsKernel weights_kernel(CpuTarget target) { return ATTNSCOPE_CPU_PICK(target, make_weights_kernel); }
}  // namespace attnscope::cpu
#endif
