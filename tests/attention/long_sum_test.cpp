// Sums of very many equal weights, where every addition rounds the same way: an error that grows with the length shows
// here long before it does among random numbers. The truth is a formula.
#include <gtest/gtest.h>

#include <cmath>

#include "attention/error_bounds.h"
#include "attention/select.h"
#include "head_case.h"
#include "tolerances.h"

namespace attnscope::test {
namespace {

constexpr std::int64_t n = 1 << 15;
constexpr double first_score = 0.125;  // of key 0; all other scores are 0

class LongSumTest : public testing::TestWithParam<std::string> {
 protected:
  static CaseSpec spec(std::int64_t n_q, std::int64_t n_k, DType dtype = DType::f32) {
    CaseSpec spec;
    spec.n_q = n_q;
    spec.n_k = n_k;
    spec.d = spec.d_v = 16;
    spec.dtype = dtype;
    spec.fill = Fill::alike;
    spec.score.scale = 0;
    return spec;
  }
  static double sum_of_exponentials(std::int64_t n_k) { return std::exp(first_score) + static_cast<double>(n_k - 1); }
  static double allowed(const HeadView& head) { return Tolerance(score_bound(head)).relative; }
  Job job() { return {pool_, Priority::visible, {}, nullptr}; }

  Pool pool_{1};
  std::unique_ptr<Backend> tested_ = select_backend("auto", GetParam());
};

TEST_P(LongSumTest, LseAndOOfARow) {
  for (const DType dtype : {DType::f32, DType::f16, DType::bf16}) {
    const HeadCase made(spec(1, n, dtype));
    const HeadView& head = made.heads().front();
    if (!tested_->supports(Op::forward, head).yes) continue;
    float lse = 0;
    float o[16] = {};
    const ForwardResult result{o, 16, &lse};
    tested_->forward({&head, 1}, {&result, 1}, job());
    EXPECT_NEAR(lse, std::log(sum_of_exponentials(n)), allowed(head)) << name_of(dtype);
    const Tolerance tolerance = Tolerance(score_bound(head)).of_backend(tested_->name(), dtype);
    for (const float one : o) EXPECT_NEAR(one, 1, tolerance.o_max) << name_of(dtype);
  }
}

TEST_P(LongSumTest, EntropyAndDistanceOfARow) {
  const HeadCase made(spec(1, n));
  const HeadView& head = made.heads().front();
  const auto lse = static_cast<float>(std::log(sum_of_exponentials(n)));
  float entropy = 0, distance = 0;
  tested_->row_stats(head, {&lse, 1}, {{&entropy, 1}, {&distance, 1}, {}, {}, {}, {}, {}}, job());
  const double first = std::exp(first_score - static_cast<double>(lse)), other = std::exp(-static_cast<double>(lse));
  const double true_entropy = first * (lse - first_score) + (n - 1) * other * lse;
  const double true_distance = other * n * (n - 1.0) / 2;
  EXPECT_NEAR(entropy, true_entropy, allowed(head) * (1 + true_entropy));
  EXPECT_NEAR(distance, true_distance, allowed(head) * true_distance);
}

TEST_P(LongSumTest, MeanOfAPixel) {
  const HeadCase made(spec(1, n));
  const HeadView& head = made.heads().front();
  const auto lse = static_cast<float>(std::log(sum_of_exponentials(n)));
  const float a = -lse;
  float image = 0;
  std::int64_t visible = 0;
  const MapSpec spec{0, 1, 0, n, 1, 1, Pool2d::mean};
  tested_->map(head, spec, {{&a, 1}, {}}, {{&image, 1}, {&visible, 1}}, job());
  const double sum = std::exp(first_score - static_cast<double>(lse)) + (n - 1) * std::exp(-static_cast<double>(lse));
  EXPECT_NEAR(image * n, sum, allowed(head) * sum);
  tested_->sampled_map(head, spec, 1, {{&image, 1}, {&visible, 1}}, job());
  EXPECT_NEAR(image * n, 1, allowed(head));
}

TEST_P(LongSumTest, MassOfAColumn) {
  const HeadCase made(spec(n, 2));
  const HeadView& head = made.heads().front();
  const auto lse = static_cast<float>(std::log(sum_of_exponentials(2)));
  float mass[2] = {};
  tested_->column_mass(head, std::vector<float>(n, lse), mass, job());
  const double true_mass[2] = {n * std::exp(first_score - static_cast<double>(lse)),
                               n * std::exp(-static_cast<double>(lse))};
  for (int j = 0; j < 2; ++j) EXPECT_NEAR(mass[j], true_mass[j], allowed(head) * true_mass[j]);
}

std::vector<std::string> tested_backends() {
  std::vector<std::string> names;
  for (const BackendInfo& backend : list_backends()) {
    if (backend.usable) names.push_back(backend.name);
  }
  return names;
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LongSumTest);
INSTANTIATE_TEST_SUITE_P(Backends, LongSumTest, testing::ValuesIn(tested_backends()),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace attnscope::test
