// 2^x for vectors of float. Compiled for each instruction set.
#if defined(ATTNSCOPE_CPU_EXP2_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTNSCOPE_CPU_EXP2_INL_H
#undef ATTNSCOPE_CPU_EXP2_INL_H
#else
#define ATTNSCOPE_CPU_EXP2_INL_H
#endif

#include "attention/cpu/micro_kernel-inl.h"

HWY_BEFORE_NAMESPACE();
namespace attnscope::cpu::HWY_NAMESPACE {

// 2^f on [-1/2, 1/2] by a polynomial of degree 5, minimax under p(0) = 1: relative error 1.5e-7.
HWY_INLINE Vector exp2_fraction(Vector f) {
  Vector p = splat(0.001326472731307149F);
  p = hn::MulAdd(p, f, splat(0.009671512991189957F));
  p = hn::MulAdd(p, f, splat(0.05550733581185341F));
  p = hn::MulAdd(p, f, splat(0.24022242426872253F));
  p = hn::MulAdd(p, f, splat(0.6931470036506653F));
  return hn::MulAdd(p, f, splat(1.0F));
}

// 2^x, relative error 2e-7; exactly 0 for x = -inf and, as values below 2^-126 are not exact, at the latest for
// x < -150. `exp2_bounded` takes x < 128 only.
#if HWY_TARGET == HWY_AVX3
HWY_INLINE Vector exp2_bounded(Vector x) {
  const Vector fraction{_mm512_reduce_ps(x.raw, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
  return Vector{_mm512_scalef_ps(exp2_fraction(fraction).raw, hn::Sub(x, fraction).raw)};
}
HWY_INLINE Vector exp2(Vector x) { return exp2_bounded(x); }
#else
HWY_INLINE Vector exp2_bounded(Vector x) {
  // Adding 1.5 * 2^23 rounds to a whole number, kept in the low bits. At -127 the fraction is 0 and the exponent field
  // becomes 0, so what lies below gives 0 exactly.
  const Vector shift = splat(12582912.0F);
  x = hn::Max(x, splat(-127.0F));
  const Vector shifted = hn::Add(x, shift);
  const Vector p = exp2_fraction(hn::Sub(x, hn::Sub(shifted, shift)));
  const auto exponent = hn::ShiftLeft<23>(hn::BitCast(Ints(), shifted));
  return hn::BitCast(Floats(), hn::Add(hn::BitCast(Ints(), p), exponent));
}
HWY_INLINE Vector exp2(Vector x) { return exp2_bounded(hn::Min(x, splat(128.0F))); }
#endif

}  // namespace attnscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
