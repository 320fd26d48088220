#include "attention/cpu/stats_kernel.h"

// The order of these matters: foreach_target.h includes this file once for each instruction set.
// clang-format off
#include "attention/cpu/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "attention/cpu/stats_kernel.cpp"
#include "hwy/foreach_target.h"
#include "attention/cpu/stats-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace attnscope::cpu::HWY_NAMESPACE {
StatsKernel make_stats_kernel() { return {lanes, row_sums}; }
}  // namespace attnscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace attnscope::cpu {
StatsKernel stats_kernel(CpuTarget target) { return ATTNSCOPE_CPU_PICK(target, make_stats_kernel); }
}  // namespace attnscope::cpu
#endif
