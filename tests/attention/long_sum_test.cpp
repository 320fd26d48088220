// Sums of very many equal weights, where every addition rounds the same way: an error that grows with the length shows
// here long before it does among random numbers. The truth is a formula.
#include <gtest/gtest.h>

#include <cmath>

#include "attention/error_bounds.h"
#include "attention/select.h"
#include "backends.h"
#include "head_case.h"
#include "tolerances.h"

namespace attnscope::test {
namespace {

// Of key 0; all other scores are 0. Sums round up with one and down with another.
constexpr float first_scores[] = {0.125F, 0.4375F, 0.625F};

constexpr double ulp_of_lse = 0x1p-20;  // the GPU rounds it to float before it makes P of it

class LongSumTest : public testing::TestWithParam<std::string> {
 protected:
  static CaseSpec spec(std::int64_t n_q, std::int64_t n_k, float first_score, DType dtype = DType::f32) {
    CaseSpec spec;
    spec.n_q = n_q;
    spec.n_k = n_k;
    spec.d = spec.d_v = 4;
    spec.dtype = dtype;
    spec.fill = Fill::alike;
    spec.score.scale = 4 * first_score;
    return spec;
  }
  static double sum_of_exponentials(double first_score, std::int64_t n_k) {
    return std::exp(first_score) + static_cast<double>(n_k - 1);
  }
  static double allowed(const HeadView& head) { return Tolerance(score_bound(head)).relative; }
  Job job() { return {pool_, Priority::visible, {}, nullptr}; }

  const bool emulated = GetParam().starts_with("emulation");
  const bool on_gpu = emulated || GetParam().starts_with("cuda");
  const std::int64_t n = emulated ? 60'000 : 1'000'000;  // fibers take their time
  const double count = static_cast<double>(n);
  Pool pool_{1};
  std::unique_ptr<Backend> tested_ = select_backend("auto", GetParam());
};

TEST_P(LongSumTest, LseAndOOfARow) {
  for (const float first_score : first_scores) {
    for (const DType dtype : {DType::f32, DType::f16, DType::bf16}) {
      if (dtype != DType::f32 && first_score != first_scores[0]) continue;
      const HeadCase made(spec(1, n, first_score, dtype));
      const HeadView& head = made.heads().front();
      if (!tested_->supports(Op::forward, head).yes) continue;
      float lse = 0;
      float o[4] = {};
      const ForwardResult result{o, 4, &lse};
      tested_->forward({&head, 1}, {&result, 1}, job());
      EXPECT_NEAR(lse, std::log(sum_of_exponentials(first_score, n)), allowed(head)) << name_of(dtype);
      const Tolerance tolerance = Tolerance(score_bound(head)).of_backend(tested_->name(), dtype);
      for (const float one : o) EXPECT_NEAR(one, 1, tolerance.o_max) << name_of(dtype);
    }
  }
}

TEST_P(LongSumTest, EntropyAndDistanceOfARow) {
  for (const float first_score : first_scores) {
    const HeadCase made(spec(1, n, first_score));
    const HeadView& head = made.heads().front();
    const auto lse = static_cast<float>(std::log(sum_of_exponentials(first_score, n)));
    float entropy = 0, distance = 0;
    tested_->row_stats(head, {&lse, 1}, {{&entropy, 1}, {&distance, 1}, {}, {}, {}, {}, {}}, job());
    const double first = std::exp(static_cast<double>(first_score) - lse), other = std::exp(-static_cast<double>(lse));
    const double true_entropy = first * (lse - first_score) + (count - 1) * other * lse;
    const double true_distance = other * count * (count - 1) / 2;
    EXPECT_NEAR(entropy, true_entropy, allowed(head) * (1 + true_entropy));
    EXPECT_NEAR(distance, true_distance, allowed(head) * true_distance);
  }
}

TEST_P(LongSumTest, MeanOfAPixel) {
  for (const float first_score : first_scores) {
    const HeadCase made(spec(1, n, first_score));
    const HeadView& head = made.heads().front();
    const auto lse = static_cast<float>(std::log(sum_of_exponentials(first_score, n)));
    const float a = -lse;
    float image = 0;
    std::int64_t visible = 0;
    const MapSpec spec{0, 1, 0, n, 1, 1, Pool2d::mean};
    tested_->map(head, spec, {{&a, 1}, {}}, {{&image, 1}, {&visible, 1}}, job());
    const double sum =
        std::exp(static_cast<double>(first_score) - lse) + (count - 1) * std::exp(-static_cast<double>(lse));
    EXPECT_NEAR(image * count, sum, allowed(head) * sum);
    tested_->sampled_map(head, spec, 1, {{&image, 1}, {&visible, 1}}, job());
    EXPECT_NEAR(image * count, 1, allowed(head) + (on_gpu ? ulp_of_lse : 0));
  }
}

TEST_P(LongSumTest, MassOfAColumnAndMeanOfItsPixel) {
  for (const float first_score : first_scores) {
    const HeadCase made(spec(n, 2, first_score));
    const HeadView& head = made.heads().front();
    const auto lse = static_cast<float>(std::log(sum_of_exponentials(first_score, 2)));
    float mass[2] = {};
    tested_->column_mass(head, std::vector(static_cast<std::size_t>(n), lse), mass, job());
    const double true_mass[2] = {count * std::exp(static_cast<double>(first_score) - lse),
                                 count * std::exp(-static_cast<double>(lse))};
    for (int j = 0; j < 2; ++j) EXPECT_NEAR(mass[j], true_mass[j], allowed(head) * true_mass[j]);
    float image = 0;
    std::int64_t visible = 0;
    tested_->map(head, {0, n, 1, 2, 1, 1, Pool2d::mean}, {std::vector(static_cast<std::size_t>(n), -lse), {}},
                 {{&image, 1}, {&visible, 1}}, job());
    EXPECT_NEAR(image * count, true_mass[1], allowed(head) * true_mass[1]);
  }
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LongSumTest);
INSTANTIATE_TEST_SUITE_P(Backends, LongSumTest, testing::ValuesIn(usable_backends()),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace attnscope::test
