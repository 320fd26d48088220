// Running sums that keep what additions lose. Compiled for each instruction set.
#if defined(ATTNSCOPE_CPU_SUM_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTNSCOPE_CPU_SUM_INL_H
#undef ATTNSCOPE_CPU_SUM_INL_H
#else
#define ATTNSCOPE_CPU_SUM_INL_H
#endif

#include "attention/cpu/micro_kernel-inl.h"

HWY_BEFORE_NAMESPACE();
namespace attnscope::cpu::HWY_NAMESPACE {

// sum += x, where `lost` keeps what the additions so far have rounded away (Kahan 1965): the error does not grow with
// their number, which it does by a rounding each where many equal weights are added.
HWY_INLINE void add_to(float* sum, float* lost, Vector x) {
  const Vector before = load(sum);
  const Vector corrected = hn::Sub(x, load(lost));
  const Vector next = hn::Add(before, corrected);
  store(lost, hn::Sub(hn::Sub(next, before), corrected));
  store(sum, next);
}

}  // namespace attnscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
