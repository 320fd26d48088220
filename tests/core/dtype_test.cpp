// Conversions of stored numbers, all 65536 of each half-precision type, and the rounding between them.
#include "core/dtype.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

namespace attnscope {
namespace {

// The value of an IEEE 754 binary number by its definition.
double by_definition(std::uint16_t bits, int exponent_bits, int mantissa_bits) {
  const int exponent = (bits >> mantissa_bits) & ((1 << exponent_bits) - 1);
  const double fraction = std::ldexp(bits & ((1 << mantissa_bits) - 1), -mantissa_bits);
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const double sign = (bits & 0x8000) != 0 ? -1 : 1;
  if (exponent == (1 << exponent_bits) - 1) {
    return fraction == 0 ? sign * std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  }
  return sign * (exponent == 0 ? std::ldexp(fraction, 1 - bias) : std::ldexp(1 + fraction, exponent - bias));
}

bool same(double x, double y) {
  return (std::isnan(x) && std::isnan(y)) || (x == y && std::signbit(x) == std::signbit(y));
}

struct HalfType {
  float (*to_float)(std::uint16_t);
  std::uint16_t (*from_float)(float);
  int exponent_bits, mantissa_bits;
};
constexpr HalfType f16 = {float_from_f16, f16_from_float, 5, 10};
constexpr HalfType bf16 = {float_from_bf16, bf16_from_float, 8, 7};

void expect_definition(const HalfType& type) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    ASSERT_TRUE(same(type.to_float(half), by_definition(half, type.exponent_bits, type.mantissa_bits))) << bits;
  }
}

void expect_round_trip(const HalfType& type) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = type.to_float(half);
    if (std::isnan(value)) {
      ASSERT_TRUE(std::isnan(type.to_float(type.from_float(value)))) << bits;
    } else {
      ASSERT_EQ(type.from_float(value), half);
    }
  }
}

// Between each number and the next: the middle goes to the even one, and a hair off the middle to the nearer.
void expect_ties_to_even(const HalfType& type) {
  const auto infinity = static_cast<std::uint16_t>(((1 << type.exponent_bits) - 1) << type.mantissa_bits);
  for (std::uint16_t half = 0; half < infinity; ++half) {
    const auto next = static_cast<std::uint16_t>(half + 1);
    const double low = type.to_float(half);
    // What comes after the largest number, were there one, is where rounding to infinity begins.
    const double high = next == infinity ? low + (low - static_cast<double>(type.to_float(half - 1)))
                                         : static_cast<double>(type.to_float(next));
    const auto middle = static_cast<float>((low + high) / 2);
    ASSERT_EQ(type.from_float(middle), half % 2 == 0 ? half : next) << half;
    ASSERT_EQ(type.from_float(-middle), (half % 2 == 0 ? half : next) | 0x8000) << half;
    ASSERT_EQ(type.from_float(std::nextafter(middle, 0.0F)), half) << half;
    ASSERT_EQ(type.from_float(std::nextafter(middle, std::numeric_limits<float>::infinity())), next) << half;
  }
}

TEST(DTypeTest, EveryF16HasTheValueOfItsDefinition) { expect_definition(f16); }
TEST(DTypeTest, EveryBf16HasTheValueOfItsDefinition) { expect_definition(bf16); }
TEST(DTypeTest, EveryF16SurvivesTheWayThroughFloat) { expect_round_trip(f16); }
TEST(DTypeTest, EveryBf16SurvivesTheWayThroughFloat) { expect_round_trip(bf16); }
TEST(DTypeTest, F16RoundsToNearestTiesToEven) { expect_ties_to_even(f16); }
TEST(DTypeTest, Bf16RoundsToNearestTiesToEven) { expect_ties_to_even(bf16); }

TEST(DTypeTest, OverflowGivesInfinityWithItsSign) {
  const float largest = std::numeric_limits<float>::max();
  EXPECT_EQ(f16_from_float(largest), 0x7c00);
  EXPECT_EQ(f16_from_float(-largest), 0xfc00);
  EXPECT_EQ(bf16_from_float(largest), 0x7f80);
  EXPECT_EQ(bf16_from_float(-largest), 0xff80);
}

TEST(DTypeTest, NanNeverBecomesInfinity) {
  for (const std::uint32_t bits : {0x7f800001U, 0x7fffffffU, 0xff800001U, 0x7fc00000U, 0xffffffffU}) {
    const auto nan = std::bit_cast<float>(bits);
    EXPECT_TRUE(std::isnan(float_from_f16(f16_from_float(nan)))) << bits;
    EXPECT_TRUE(std::isnan(float_from_bf16(bf16_from_float(nan)))) << bits;
  }
}

#ifdef __FLT16_MAX__
TEST(DTypeTest, F16AgreesWithTheCompilerOnAMillionFloats) {
  std::uint32_t bits = 1;
  for (int t = 0; t < 1'000'000; ++t) {
    bits = bits * 1664525U + 1013904223U;  // Numerical Recipes' generator: every exponent and sign
    const auto value = std::bit_cast<float>(bits);
    if (std::isnan(value)) continue;
    ASSERT_EQ(f16_from_float(value), std::bit_cast<std::uint16_t>(static_cast<_Float16>(value))) << value;
  }
}
#endif

}  // namespace
}  // namespace attnscope
