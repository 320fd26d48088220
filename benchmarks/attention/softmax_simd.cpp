#include "attention_bench/gemm.h"

// The order of these matters: foreach_target.h includes this file once for each instruction set.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "attention_bench/softmax_simd.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "hwy/contrib/math/math-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace attnscope::bench::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

float largest(const float* row, std::int64_t count) {
  const hn::ScalableTag<float> floats;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(floats));
  auto most = hn::Set(floats, row[0]);
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) most = hn::Max(most, hn::LoadU(floats, row + i));
  float result = hn::GetLane(hn::MaxOfLanes(floats, most));
  for (; i < count; ++i) result = row[i] > result ? row[i] : result;
  return result;
}

float exponentiated(float* row, std::int64_t count, float scale, float shift) {
  const hn::ScalableTag<float> floats;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(floats));
  auto sum = hn::Zero(floats);
  const auto part = [&](auto loaded) {
    return hn::Exp(floats, hn::MulSub(loaded, hn::Set(floats, scale), hn::Set(floats, shift)));
  };
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto weights = part(hn::LoadU(floats, row + i));
    hn::StoreU(weights, floats, row + i);
    sum = hn::Add(sum, weights);
  }
  float result = hn::GetLane(hn::SumOfLanes(floats, sum));
  for (; i < count; ++i) {
    row[i] = hn::GetLane(part(hn::Set(floats, row[i])));
    result += row[i];
  }
  return result;
}

}  // namespace attnscope::bench::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace attnscope::bench {
HWY_EXPORT(largest);
HWY_EXPORT(exponentiated);
float largest_of(const float* row, std::int64_t count) { return HWY_DYNAMIC_DISPATCH(largest)(row, count); }
float exponentiate(float* row, std::int64_t count, float scale, float shift) {
  return HWY_DYNAMIC_DISPATCH(exponentiated)(row, count, scale, shift);
}
}  // namespace attnscope::bench
#endif
