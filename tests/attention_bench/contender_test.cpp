// Every contender computes attention, and a wrong one is found out.
#include "attention_bench/contender.h"

#include <gtest/gtest.h>

#include <limits>

#include "attention/select.h"
#include "attention_bench/check.h"

namespace attnscope::bench {
namespace {

std::vector<std::unique_ptr<Contender>> all_contenders() {
  std::vector<std::unique_ptr<Contender>> contenders;
  contenders.push_back(make_backend_contender("ours", select_backend("auto", "")));
  for (const std::string& name : other_contenders()) contenders.push_back(make_other_contender(name));
  return contenders;
}

void expect_all_right(const BenchShape& shape, unsigned threads) {
  Pool pool(threads);
  BenchCase which(shape);
  for (const auto& contender : all_contenders()) {
    which.forget_results();
    EXPECT_FALSE(check_forward(which, false).right) << "nothing written yet";
    contender->forward(which, {pool});
    const Check check = check_forward(which, contender->gives_lse());
    EXPECT_TRUE(check.right) << contender->name() << ", mask " << shape.mask << ": " << check.max_error;
  }
}

TEST(Contenders, AreRightForEveryMaskAndOddSizes) {
  for (const char* mask : {"full", "causal", "window:1", "window:300", "sinks:4,100", "sinks:600,50"})
    expect_all_right({2, 1, 777, 20, mask, DType::f32}, 1);
}

TEST(Contenders, AreRightOnOneTokenAndOnWholeBlocks) {
  expect_all_right({1, 1, 1, 1, "full", DType::f32}, 1);
  expect_all_right({3, 3, 1024, 16, "causal", DType::f32}, 1);
}

TEST(Contenders, AreRightOnSeveralThreads) { expect_all_right({4, 2, 600, 32, "causal", DType::f32}, 3); }

TEST(Contenders, HaveTheNamesThatTheyAreMadeBy) {
  for (const std::string& name : other_contenders()) EXPECT_EQ(make_other_contender(name)->name(), name);
  EXPECT_EQ(make_other_contender("nobody"), nullptr);
}

TEST(Contenders, SayWhatTheyDoNotTake) {
  const BenchCase half({1, 1, 8, 4, "full", DType::f16});
  for (const std::string& name : other_contenders()) {
    EXPECT_EQ(make_other_contender(name)->why_not(half), "takes f32 only");
  }
}

// Where there is no GPU, they say so and are not run.
TEST(Contenders, OnAGpuAreRightOrSayWhyNot) {
  BenchCase which({4, 2, 256, 64, "causal", DType::f16});
  for (const std::string& name : gpu_contenders()) {
    const auto contender = make_other_contender(name);
    EXPECT_EQ(contender->name(), name);
    if (!contender->why_not(which).empty()) continue;
    which.forget_results();
    Pool pool(1);
    contender->forward(which, {pool});
    EXPECT_TRUE(check_forward(which, contender->gives_lse()).right) << name;
    EXPECT_GT(contender->device_seconds().value_or(0), 0) << name;
  }
}

// n x n of a million tokens are 4 TB.
TEST(Contenders, AStoredMatrixThatDoesNotFitIsRefused) {
  const auto stored = make_other_contender("stored");
  if (stored == nullptr) GTEST_SKIP() << "no library in this build";
  const BenchCase large({1, 1, 1 << 20, 1, "full", DType::f32});
  EXPECT_TRUE(stored->why_not(large).starts_with("n x n takes 4096 GiB")) << stored->why_not(large);
}

class CheckForward : public ::testing::Test {
 protected:
  CheckForward() { select_backend("auto", "")->forward(which_.heads(), which_.results(), {pool_}); }
  float& o(std::size_t head, std::int64_t query, std::int64_t column) {
    return which_.results()[head].o[query * which_.results()[head].o_stride + column];
  }
  Pool pool_{1};
  BenchCase which_{{2, 2, 40, 8, "causal", DType::f32}};
};

TEST_F(CheckForward, IsContentWithARightAnswer) {
  o(0, 5, 3) *= 1 + 0x1p-22F;  // the reference makes no error by itself
  const Check check = check_forward(which_, true);
  EXPECT_TRUE(check.right);
  EXPECT_LE(check.rms_error, check.max_error);
  EXPECT_GT(check.max_error, 0);
}

TEST_F(CheckForward, FindsAnOutputThatIsSlightlyOff) {
  o(1, 39, 7) += 1e-3F;
  EXPECT_FALSE(check_forward(which_, true).right);
}

TEST_F(CheckForward, FindsAnOutputThatIsNotANumber) {
  o(0, 0, 0) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(check_forward(which_, true).right);
}

TEST_F(CheckForward, FindsAnLseThatIsOffWhereOneIsGiven) {
  which_.results()[0].lse[39] += 1e-3F;
  EXPECT_FALSE(check_forward(which_, true).right);
  EXPECT_TRUE(check_forward(which_, false).right);
}

TEST(SpreadOver, TakesTheFirstTheLastAndSomeBetween) {
  EXPECT_EQ(spread_over(10, 4), (std::vector<std::int64_t>{0, 3, 6, 9}));
  EXPECT_EQ(spread_over(2, 4), (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(spread_over(1, 4), (std::vector<std::int64_t>{0}));
}

}  // namespace
}  // namespace attnscope::bench
