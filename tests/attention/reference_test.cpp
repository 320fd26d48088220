// Facts about the reference that a person can check by hand: it has no other judge on scores, weightings and samples.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "attention/select.h"

namespace attnscope {
namespace {

using testing::ElementsAre;
using testing::FloatNear;

// Two queries and three keys of one dimension: dot products {2, 0, -1} and {4, 0, -2}.
class ReferenceTest : public testing::Test {
 protected:
  ReferenceTest() {
    head_.q = {q_.data(), 2, 1, 1, DType::f32};
    head_.k = {k_.data(), 3, 1, 1, DType::f32};
    head_.v = {v_.data(), 3, 2, 2, DType::f32};
    head_.mask.offset = 1;
  }
  float lse(std::size_t i) {
    std::array<float, 2> lse{};
    const ForwardResult result{nullptr, 0, lse.data()};
    backend_->forward({&head_, 1}, {&result, 1}, job_);
    return lse[i];
  }
  // exp(s) of the first query, with 0 for what it does not see.
  std::array<float, 3> exp_scores(const Weighting& weight) {
    const std::int64_t query = 0;
    std::array<float, 3> p{};
    backend_->rows(head_, {&query, 1}, weight, p, job_);
    return p;
  }

  std::array<float, 2> q_ = {1, 2};
  std::array<float, 3> k_ = {2, 0, -1};
  std::array<float, 6> v_ = {1, 2, 3, 4, 5, 6};
  std::array<float, 2> zero_ = {0, 0};
  HeadView head_;
  Pool pool_{1};
  Job job_{pool_, Priority::visible, {}, nullptr};
  std::unique_ptr<Backend> backend_ = make_reference_backend();
  static constexpr float infinity = std::numeric_limits<float>::infinity();
};

TEST_F(ReferenceTest, LseIsTheLogOfTheSumOfExponentials) {
  EXPECT_FLOAT_EQ(lse(0), std::log(std::exp(2.0F) + 1 + std::exp(-1.0F)));
}

TEST_F(ReferenceTest, ASinkLogitJoinsLseOnly) {
  head_.score.sink_logit = 1.5F;
  EXPECT_FLOAT_EQ(lse(0), std::log(std::exp(2.0F) + 1 + std::exp(-1.0F) + std::exp(1.5F)));
}

TEST_F(ReferenceTest, WithoutAVisibleKeyLseIsMinusInfinityAndOIsZero) {
  head_.mask.n_valid = 0;
  std::array<float, 4> o = {9, 9, 9, 9};
  const ForwardResult result{o.data(), 2, nullptr};
  backend_->forward({&head_, 1}, {&result, 1}, job_);
  EXPECT_THAT(o, ElementsAre(0, 0, 0, 0));
  EXPECT_EQ(lse(0), -infinity);
}

TEST_F(ReferenceTest, WithoutAVisibleKeyLseIsTheSinkLogitAndOIsZero) {
  head_.mask.n_valid = 0;
  head_.score.sink_logit = -0.5F;
  std::array<float, 4> o = {9, 9, 9, 9};
  const ForwardResult result{o.data(), 2, nullptr};
  backend_->forward({&head_, 1}, {&result, 1}, job_);
  EXPECT_THAT(o, ElementsAre(0, 0, 0, 0));
  EXPECT_EQ(lse(0), -0.5F);
}

TEST_F(ReferenceTest, ASinkLogitTakesItsShareOfO) {
  head_.score.sink_logit = 30.0F;  // all but everything
  std::array<float, 4> o{};
  const ForwardResult result{o.data(), 2, nullptr};
  backend_->forward({&head_, 1}, {&result, 1}, job_);
  EXPECT_NEAR(o[0], 0, 1e-10);
}

TEST_F(ReferenceTest, TheCapComesAfterTheScaleAndBeforeTheSlope) {
  head_.score.scale = 3;
  head_.score.cap = 2.0F;
  head_.score.slope = 10;  // query 0 stands at position 1
  const double capped = 2 * std::tanh(6.0 / 2);
  EXPECT_FLOAT_EQ(exp_scores({zero_, {}})[0], static_cast<float>(std::exp(capped - 10)));
  EXPECT_FLOAT_EQ(exp_scores({zero_, {}})[1], 1);
  EXPECT_FLOAT_EQ(exp_scores({zero_, {}})[2], static_cast<float>(std::exp(2 * std::tanh(-1.5) + 10)));
}

TEST_F(ReferenceTest, AWeightingAddsItsTermsToTheScore) {
  const std::array<float, 1> a = {0.5F};
  const std::array<float, 3> b = {-1, -infinity, 2};
  EXPECT_THAT(exp_scores({a, b}), ElementsAre(FloatNear(std::exp(1.5F), 1e-6F), 0, FloatNear(std::exp(1.5F), 1e-6F)));
}

TEST_F(ReferenceTest, AWeightingThatIsNotFiniteGivesZero) {
  for (const float a : {infinity, -infinity, std::numeric_limits<float>::quiet_NaN()}) {
    EXPECT_THAT(exp_scores({{&a, 1}, {}}), ElementsAre(0, 0, 0)) << a;
  }
}

TEST_F(ReferenceTest, HalfPrecisionStorageIsReadAsItsOwnType) {
  const std::array<std::uint16_t, 3> f16 = {0x4000, 0x0000, 0xbc00};  // 2, 0, -1
  const std::array<std::uint16_t, 3> bf16 = {0x4000, 0x0000, 0xbf80};
  const std::array<std::uint16_t, 2> f16_q = {0x3c00, 0x4000}, bf16_q = {0x3f80, 0x4000};  // 1, 2
  const auto expected = exp_scores({zero_, {}});
  head_.q = {f16_q.data(), 2, 1, 1, DType::f16};
  head_.k = {f16.data(), 3, 1, 1, DType::f16};
  EXPECT_EQ(exp_scores({zero_, {}}), expected);
  head_.q = {bf16_q.data(), 2, 1, 1, DType::bf16};
  head_.k = {bf16.data(), 3, 1, 1, DType::bf16};
  EXPECT_EQ(exp_scores({zero_, {}}), expected);
}

TEST_F(ReferenceTest, TopKOfEqualWeightsTakesLowerKeysFirst) {
  k_ = {1, 1, 1};
  const std::int64_t query = 1;
  std::array<std::int32_t, 2> keys{};
  std::array<float, 2> values{};
  backend_->top_k(head_, {&query, 1}, 2, {std::span(zero_).first(1), {}}, keys, values, job_);
  EXPECT_THAT(keys, ElementsAre(0, 1));
}

TEST_F(ReferenceTest, TopKLeavesPlacesWithoutAKeyEmpty) {
  head_.mask.n_valid = 1;
  const std::int64_t query = 0;
  std::array<std::int32_t, 3> keys{};
  std::array<float, 3> values{};
  backend_->top_k(head_, {&query, 1}, 3, {std::span(zero_).first(1), {}}, keys, values, job_);
  EXPECT_THAT(keys, ElementsAre(0, -1, -1));
  EXPECT_THAT(values, ElementsAre(FloatNear(std::exp(2.0F), 1e-5F), 0, 0));
}

TEST_F(ReferenceTest, AMapWithMorePixelsThanCellsRepeatsCells) {
  const MapSpec spec{0, 1, 0, 3, 1, 6, Pool2d::mean};
  std::array<float, 6> image{};
  std::array<std::int64_t, 6> visible{};
  backend_->map(head_, spec, {std::span(zero_).first(1), {}}, {image, visible}, job_);
  EXPECT_THAT(visible, ElementsAre(1, 1, 1, 1, 1, 1));
  EXPECT_EQ(image[0], image[1]);
  EXPECT_FLOAT_EQ(image[2], 1);
  EXPECT_FLOAT_EQ(image[5], std::exp(-1.0F));
}

TEST_F(ReferenceTest, ASampledMapOfEveryQueryIsTheMap) {
  const MapSpec spec{0, 2, 0, 3, 1, 2, Pool2d::mean};
  const std::array<float, 2> a = {-lse(0), -lse(1)};
  std::array<float, 2> image{}, sampled{};
  std::array<std::int64_t, 2> visible{};
  backend_->map(head_, spec, {a, {}}, {image, {}}, job_);
  backend_->sampled_map(head_, spec, 5, {sampled, visible}, job_);
  EXPECT_THAT(visible, ElementsAre(2, 4));
  EXPECT_THAT(sampled, ElementsAre(FloatNear(image[0], 1e-6F), FloatNear(image[1], 1e-6F)));
}

TEST(SampledQueryTest, AsManySamplesAsQueriesTakeEachOnce) {
  for (std::int64_t t = 0; t < 9; ++t) EXPECT_EQ(sampled_query({20, 29}, 3, t, 9), 20 + t);
}

TEST(SampledQueryTest, EverySampleStaysInItsStratum) {
  for (std::int64_t row = 0; row < 50; ++row) {
    for (std::int64_t t = 0; t < 4; ++t) {
      const std::int64_t query = sampled_query({100, 140}, row, t, 4);
      EXPECT_TRUE(query >= 100 + 10 * t && query < 110 + 10 * t) << query;
    }
  }
}

TEST(SampledQueryTest, RowsTakeDifferentPlaces) {
  std::array<int, 10> taken{};
  for (std::int64_t row = 0; row < 1000; ++row) ++taken[static_cast<std::size_t>(sampled_query({0, 10}, row, 0, 1))];
  for (const int count : taken) EXPECT_NEAR(count, 100, 40);
}

TEST(PixelCellsTest, PixelsOfASpanCoverItOnceWhereThereAreEnoughCells) {
  for (const std::int64_t cells : {7, 64, 100}) {
    for (const std::int64_t pixels : {1, 3, 7}) {
      std::int64_t next = 0;
      for (std::int64_t y = 0; y < pixels; ++y) {
        EXPECT_EQ(pixel_cells(y, pixels, cells).begin, next);
        next = pixel_cells(y, pixels, cells).end;
      }
      EXPECT_EQ(next, cells);
    }
  }
}

}  // namespace
}  // namespace attnscope
