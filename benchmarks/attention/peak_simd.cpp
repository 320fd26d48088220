#include <algorithm>
#include <array>
#include <atomic>

#include "attention_bench/peak.h"
#include "attention_bench/process_use.h"

// The order of these matters: foreach_target.h includes this file once for each instruction set.
// clang-format off
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "attention_bench/peak_simd.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace attnscope::bench::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr int chains = 12;  // more than latency (4) times ports (2), fewer than registers (16)

// Operations done in `rounds` rounds of independent chains of multiply-adds.
double multiply_add(std::int64_t rounds, float* out) {
  const hn::ScalableTag<float> floats;
  using Vector = hn::Vec<decltype(floats)>;
  Vector sums[chains];
  for (int c = 0; c < chains; ++c) sums[c] = hn::Set(floats, 1.0F + static_cast<float>(c) * 0x1p-10F);
  Vector factor = hn::Set(floats, 0.999999F);
  const Vector term = hn::Set(floats, 1e-6F);
  for (std::int64_t r = 0; r < rounds; ++r) {
    for (int c = 0; c < chains; ++c) sums[c] = hn::MulAdd(sums[c], factor, term);
    asm volatile("" : "+x"(factor.raw));  // no round may be folded into another
  }
  Vector sum = sums[0];
  for (int c = 1; c < chains; ++c) sum = hn::Add(sum, sums[c]);
  *out = hn::GetLane(sum);
  return 2.0 * chains * static_cast<double>(hn::Lanes(floats)) * static_cast<double>(rounds);
}

}  // namespace attnscope::bench::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace attnscope::bench {
namespace {

using Loop = double (*)(std::int64_t, float*);

// Null where the machine lacks it.
Loop loop_of(Peak peak) {
  const std::int64_t has = hwy::SupportedTargets();
  if ((peak == Peak::best || peak == Peak::avx512) && (has & HWY_AVX3) != 0) return N_AVX3::multiply_add;
  if ((peak == Peak::best || peak == Peak::avx2) && (has & HWY_AVX2) != 0) return N_AVX2::multiply_add;
  if (peak == Peak::avx512 || peak == Peak::avx2) return nullptr;
  return (has & HWY_SSE4) != 0 ? N_SSE4::multiply_add : HWY_STATIC_DISPATCH(multiply_add);
}

}  // namespace

double measured_peak(Peak peak, const Job& job) {
  const Loop loop = loop_of(peak);
  if (loop == nullptr) return 0;
  constexpr std::int64_t rounds = 20'000;
  constexpr double seconds = 0.06;
  std::array<double, 5> tries{};
  for (double& gflops : tries) {
    std::vector<double> operations(job.pool.threads(), 0.0);
    const double begin = processor_seconds();
    job.pool.run(job.pool.threads(), job, [&](std::size_t index, unsigned) {
      float out = 0;
      const double end = thread_seconds() + seconds / static_cast<double>(tries.size());
      while (thread_seconds() < end) operations[index] += loop(rounds, &out);
      static std::atomic<float> kept;
      kept = out;
    });
    double sum = 0;
    for (const double one : operations) sum += one;
    gflops = sum / (processor_seconds() - begin) / 1e9;
  }
  std::sort(tries.begin(), tries.end());
  return tries[tries.size() / 2];
}

}  // namespace attnscope::bench
#endif
