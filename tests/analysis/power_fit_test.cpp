// The power law behind measured times.
#include "analysis/power_fit.h"

#include <gtest/gtest.h>

#include <vector>

namespace attnscope {
namespace {

TEST(PowerFit, FindsExponentAndFactorOfAnExactLaw) {
  const std::vector<TimedSize> points = {{128, 3e-9 * 128 * 128}, {1024, 3e-9 * 1024 * 1024}, {512, 3e-9 * 512 * 512}};
  const auto fit = fit_power(points);
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->exponent, 2, 1e-12);
  EXPECT_NEAR(fit->factor, 3e-9, 1e-18);
  EXPECT_NEAR(fit->seconds(4096), 3e-9 * 4096 * 4096, 1e-12);
  EXPECT_EQ(fit->points, 3U);
}

TEST(PowerFit, IsTheLeastSquaresLineOfTheLogarithms) {
  // log2: (0, 0), (1, 3), (2, 3): slope 3/2, mean 2 at 1, so 2^.5 at n = 1.
  const auto fit = fit_power(std::vector<TimedSize>{{1, 1}, {2, 8}, {4, 8}});
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->exponent, 1.5, 1e-12);
  EXPECT_NEAR(fit->factor, 1.4142135623730951, 1e-12);
}

TEST(PowerFit, NeedsTwoDifferentSizes) {
  EXPECT_FALSE(fit_power({}));
  EXPECT_FALSE(fit_power(std::vector<TimedSize>{{256, 1}, {256, 2}}));
}

TEST(PowerFit, IgnoresSizesAndTimesWithoutALogarithm) {
  const auto fit = fit_power(std::vector<TimedSize>{{0, 1}, {-4, 1}, {8, 0}, {16, -1}, {1, 2}, {2, 4}});
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->exponent, 1, 1e-12);
  EXPECT_EQ(fit->points, 2U);
}

TEST(PowerFit, OfTheLargerHalfIsFreeOfWhatBendsTheSmallOnes) {
  std::vector<TimedSize> points;
  for (std::int64_t n = 128; n <= 8192; n *= 2) {
    const double overhead = n < 1024 ? 1 : 0;
    points.push_back({n, 1e-6 * static_cast<double>(n) + overhead});
  }
  const auto fit = fit_power_of_larger_half(points);
  ASSERT_TRUE(fit);
  EXPECT_EQ(fit->points, 4U);
  EXPECT_NEAR(fit->exponent, 1, 1e-12);
}

TEST(PowerFit, OfTheLargerHalfKeepsThreePointsOfFour) {
  const auto fit = fit_power_of_larger_half(std::vector<TimedSize>{{8, 64}, {1, 99}, {2, 4}, {4, 16}});
  ASSERT_TRUE(fit);
  EXPECT_EQ(fit->points, 3U);
  EXPECT_NEAR(fit->exponent, 2, 1e-12);
}

}  // namespace
}  // namespace attnscope
