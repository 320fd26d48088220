// The hyperbolic tangent for vectors of float. Compiled for each instruction set.
#if defined(ATTNSCOPE_CPU_TANH_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTNSCOPE_CPU_TANH_INL_H
#undef ATTNSCOPE_CPU_TANH_INL_H
#else
#define ATTNSCOPE_CPU_TANH_INL_H
#endif

#include "attention/cpu/micro_kernel-inl.h"

HWY_BEFORE_NAMESPACE();
namespace attnscope::cpu::HWY_NAMESPACE {

// tanh |x| = t / (t + 2) with t = e^(2|x|) - 1 = 2^n (2^f - 1) + (2^n - 1), f in [-1/2, 1/2], so that nothing cancels
// near 0. (2^f - 1) / f is a polynomial of degree 5, minimax in relative error. Relative error of all 2.4e-7.
HWY_INLINE Vector tanh(Vector x) {
  const Vector y = hn::Min(hn::Mul(hn::Abs(x), splat(2.8853900817779268F)), splat(40.0F));  // 2 log2(e) |x|
  const Vector n = hn::Round(y);
  const Vector f = hn::Sub(y, n);
  Vector p = splat(1.5403499E-4F);
  p = hn::MulAdd(p, f, splat(1.3390732E-3F));
  p = hn::MulAdd(p, f, splat(9.6182376E-3F));
  p = hn::MulAdd(p, f, splat(5.5503573E-2F));
  p = hn::MulAdd(p, f, splat(0.24022649F));
  p = hn::MulAdd(p, f, splat(0.69314718F));
  const auto exponent = hn::ShiftLeft<23>(hn::Add(hn::ConvertTo(Ints(), n), hn::Set(Ints(), 127)));
  const Vector power = hn::BitCast(Floats(), exponent);
  const Vector t = hn::MulAdd(power, hn::Mul(p, f), hn::Sub(power, splat(1.0F)));
  return hn::CopySignToAbs(hn::Div(t, hn::Add(t, splat(2.0F))), x);
}

}  // namespace attnscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
