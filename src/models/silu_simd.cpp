// silu_multiply with Highway's exponential, for whatever vectors this machine has.
#include "models/elementwise.h"

// The order of these matters: foreach_target.h includes this file once for each instruction set.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/silu_simd.cpp"  // NOLINT(cppcoreguidelines-macro-usage): Highway reads it
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include <hwy/contrib/math/math-inl.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace attnscope::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void SiluMultiply(float* gate, const float* up, std::int64_t n) {
  const hn::ScalableTag<float> d;
  const auto step = static_cast<std::int64_t>(hn::Lanes(d));
  const auto one = hn::Set(d, 1.0F);
  const auto silu = [&](auto x) { return hn::Div(x, hn::Add(one, hn::Exp(d, hn::Neg(x)))); };
  std::int64_t i = 0;
  for (; i + step <= n; i += step) {
    hn::StoreU(hn::Mul(silu(hn::LoadU(d, gate + i)), hn::LoadU(d, up + i)), d, gate + i);
  }
  const hn::CappedTag<float, 1> scalar;
  for (; i < n; ++i) {
    const auto x = hn::LoadU(scalar, gate + i);
    const auto y = hn::Div(x, hn::Add(hn::Set(scalar, 1.0F), hn::Exp(scalar, hn::Neg(x))));
    hn::StoreU(hn::Mul(y, hn::LoadU(scalar, up + i)), scalar, gate + i);
  }
}

}  // namespace attnscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace attnscope {

HWY_EXPORT(SiluMultiply);

void silu_multiply(float* gate, const float* up, std::int64_t n) { HWY_DYNAMIC_DISPATCH(SiluMultiply)(gate, up, n); }

}  // namespace attnscope
#endif
