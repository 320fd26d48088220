// What is measured: masks as they are asked for, noise that another program can make too, counted work.
#include "attention_bench/bench_case.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"

namespace attnscope::bench {
namespace {

// Pairs that see each other, counted one by one.
double counted(const BenchCase& which) {
  double cells = 0;
  for (const HeadView& head : which.heads()) {
    for (std::int64_t i = 0; i < head.n_q(); ++i) {
      for (std::int64_t j = 0; j < head.n_k(); ++j) cells += head.mask.visible(i, j) ? 1 : 0;
    }
  }
  return cells;
}

TEST(BenchCase, CountsTheCellsThatAreVisible) {
  for (const char* mask : {"full", "causal", "window:7", "sinks:3,7", "sinks:90,7"}) {
    const BenchCase which({2, 1, 61, 5, mask, DType::f32});
    EXPECT_EQ(which.visible_cells(), counted(which)) << mask;
    EXPECT_EQ(which.forward_flops(), counted(which) * 20) << mask;
  }
}

TEST(BenchCase, LeastBytesAreThoseOfInputsAndResults) {
  const BenchCase which({6, 2, 10, 8, "full", DType::f16});
  EXPECT_EQ(which.least_bytes(), 6 * 80 * 2 + 2 * 2 * 80 * 2 + 6 * 80 * 4 + 6 * 10 * 4);
}

TEST(BenchCase, HeadsOfAGroupShareTheirKeys) {
  const BenchCase which({6, 2, 10, 8, "full", DType::f32});
  EXPECT_EQ(which.heads()[0].k.data, which.heads()[2].k.data);
  EXPECT_NE(which.heads()[2].k.data, which.heads()[3].k.data);
  EXPECT_NE(which.heads()[0].q.data, which.heads()[1].q.data);
}

TEST(BenchCase, NoiseHasMeanZeroAndDeviationOne) {
  double sum = 0, squares = 0;
  constexpr int count = 100'000;
  for (std::uint64_t i = 0; i < count; ++i) {
    sum += noise(1, i);
    squares += noise(1, i) * noise(1, i);
  }
  EXPECT_NEAR(sum / count, 0, 0.01);
  EXPECT_NEAR(std::sqrt(squares / count), 1, 0.01);
}

// The same formula in another language (scripts/compare_python) gives these.
TEST(BenchCase, NoiseIsFixed) {
  EXPECT_DOUBLE_EQ(noise(1, 0), -0.4878528725725388);
  EXPECT_DOUBLE_EQ(noise(3, 12345), -1.0933412148791026);
}

TEST(BenchCase, RefusesMasksThatItDoesNotKnow) {
  for (const char* mask : {"", "window", "window:", "window:0", "window:-3", "window:3x", "sinks:4", "sinks:,4",
                           "sinks:-1,4", "sinks:4,", "Full"}) {
    EXPECT_THROW(parse_mask(mask), InputError) << mask;
  }
}

TEST(BenchCase, RefusesSizesThatCannotBe) {
  for (const BenchShape& shape :
       {BenchShape{0, 1, 8, 8, "full", DType::f32}, BenchShape{4, 3, 8, 8, "full", DType::f32},
        BenchShape{4, 8, 8, 8, "full", DType::f32}, BenchShape{4, 4, 0, 8, "full", DType::f32},
        BenchShape{4, 4, 8, 1025, "full", DType::f32},
        BenchShape{4, 4, std::int64_t{1} << 40, 8, "full", DType::f32}}) {
    EXPECT_THROW(BenchCase{shape}, InputError);
  }
}

}  // namespace
}  // namespace attnscope::bench
