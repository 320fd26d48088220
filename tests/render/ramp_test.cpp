// The colours of weights: at the stops, between them, and beyond the range.
#include "render/ramp.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace attnscope {
namespace {

constexpr Ramp ramp{{{0, 0, 0}, {0.2F, 0, 0}, {0.2F, 0.6F, 0}, {1, 0.6F, 0}, {1, 1, 0.8F}}};
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

void expect_color(float t, glm::vec3 color) {
  const glm::vec3 got = ramp_color(ramp, t);
  for (glm::length_t i = 0; i < 3; ++i) EXPECT_NEAR(got[i], color[i], 1e-6F) << "t = " << t << ", channel " << i;
}

TEST(Ramp, GivesItsStopsAtQuarters) {
  for (std::size_t stop = 0; stop < ramp.size(); ++stop) expect_color(static_cast<float>(stop) / 4, ramp.at(stop));
}

TEST(Ramp, MixesTheTwoStopsAround) {
  expect_color(0.125F, {0.1F, 0, 0});
  expect_color(0.7F, {0.84F, 0.6F, 0});
  expect_color(0.9375F, {1, 0.9F, 0.6F});
}

TEST(Ramp, EndsAtItsEndsAndStartsWhereThereIsNoNumber) {
  expect_color(-3, ramp.front());
  expect_color(7, ramp.back());
  expect_color(nan, ramp.front());
}

TEST(RampPosition, IsLinearFromLowToHigh) {
  EXPECT_FLOAT_EQ(ramp_position(0.35F, 0.2F, 0.8F, false), 0.25F);
  EXPECT_EQ(ramp_position(0.1F, 0.2F, 0.8F, false), 0);
  EXPECT_EQ(ramp_position(0.9F, 0.2F, 0.8F, false), 1);
  EXPECT_EQ(ramp_position(nan, 0.2F, 0.8F, false), 0);
}

TEST(RampPosition, CountsPowersOnALogScale) {
  EXPECT_NEAR(ramp_position(1e-3F, 1e-4F, 1, true), 0.25F, 1e-6F);
  EXPECT_NEAR(ramp_position(1e-1F, 1e-4F, 1, true), 0.75F, 1e-6F);
  EXPECT_EQ(ramp_position(1e-5F, 1e-4F, 1, true), 0);
  EXPECT_EQ(ramp_position(2, 1e-4F, 1, true), 1);
  EXPECT_EQ(ramp_position(0, 1e-4F, 1, true), 0);
  EXPECT_EQ(ramp_position(-1, 1e-4F, 1, true), 0);
  EXPECT_EQ(ramp_position(nan, 1e-4F, 1, true), 0);
}

}  // namespace
}  // namespace attnscope
