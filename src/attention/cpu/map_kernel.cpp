#include "attention/cpu/map_kernel.h"

// The order of these matters: foreach_target.h includes this file once for each instruction set.
// clang-format off
#include "attention/cpu/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "attention/cpu/map_kernel.cpp"
#include "hwy/foreach_target.h"
#include "attention/cpu/map-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace attnscope::cpu::HWY_NAMESPACE {
MapKernel make_map_kernel() { return {lanes, map_scratch_size, pool_tiles, exp2_all}; }
}  // namespace attnscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace attnscope::cpu {
MapKernel map_kernel(CpuTarget target) { return ATTNSCOPE_CPU_PICK(target, make_map_kernel); }
}  // namespace attnscope::cpu
#endif
