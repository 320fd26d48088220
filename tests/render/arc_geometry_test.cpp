// The curve of an arc: from the key to the query, as high as asked, and how far points are from it.
#include "render/arc_geometry.h"

#include <gtest/gtest.h>

#include <cmath>

namespace attnscope {
namespace {

constexpr Arc up{{300, 100}, {100, 100}, 60};
constexpr Arc loop{{50, 80}, {50, 80}, 20};

void expect_point(glm::vec2 got, float x, float y) {
  EXPECT_NEAR(got.x, x, 1e-3F);
  EXPECT_NEAR(got.y, y, 1e-3F);
}

TEST(ArcPoint, BeginsAtTheKeyAndEndsAtTheQuery) {
  expect_point(arc_point(up, 0), 100, 100);
  expect_point(arc_point(up, 1), 300, 100);
  const Arc sloped{{10, 40}, {70, 20}, 30};
  expect_point(arc_point(sloped, 0), 70, 20);
  expect_point(arc_point(sloped, 1), 10, 40);
}

TEST(ArcPoint, StandsOnItsLineOrHangsFromIt) {
  expect_point(arc_point(up, 0.5F), 200, 40);
  const Arc down{up.query, up.key, -60};
  expect_point(arc_point(down, 0.5F), 200, 160);
}

TEST(ArcPoint, LiesOnAnEllipse) {
  for (int i = 0; i <= 20; ++i) {
    const glm::vec2 at = arc_point(up, static_cast<float>(i) / 20);
    EXPECT_NEAR(std::hypot((at.x - 200) / 100, (at.y - 100) / 60), 1, 1e-5F) << i;
  }
}

TEST(ArcPoint, OfATokenThatAttendsToItselfIsALoop) {
  expect_point(arc_point(loop, 0), 50, 80);
  expect_point(arc_point(loop, 0.5F), 50, 60);
  expect_point(arc_point(loop, 1), 50, 80);
  expect_point(arc_point(loop, 0.25F), 56, 70);
  expect_point(arc_point(loop, 0.75F), 44, 70);
}

TEST(ArcHeight, GrowsWithTheRootOfTheDistance) {
  EXPECT_FLOAT_EQ(arc_height(400, 400, 200), 170);
  EXPECT_FLOAT_EQ(arc_height(100, 400, 200), 85);
  EXPECT_FLOAT_EQ(arc_height(900, 400, 200), 170);  // an end off screen
  EXPECT_FLOAT_EQ(arc_height(0, 400, 200), 16);     // a loop
}

TEST(ArcDistance, IsZeroOnTheCurveAndTheRadiusInTheMiddleOfAHalfCircle) {
  EXPECT_NEAR(arc_distance(up, arc_point(up, 0.37F)), 0, 0.05F);
  const Arc circle{{180, 100}, {20, 100}, 80};
  EXPECT_NEAR(arc_distance(circle, {100, 100}), 80, 0.05F);
  EXPECT_NEAR(arc_distance(circle, {100, 5}), 15, 0.05F);
}

TEST(ArcDistance, IsThatToTheNearerEndBelowTheLine) {
  EXPECT_NEAR(arc_distance(up, {304, 103}), 5, 0.05F);
  EXPECT_NEAR(arc_distance(up, {97, 104}), 5, 0.05F);
}

TEST(ArcDistance, KnowsLoops) {
  EXPECT_NEAR(arc_distance(loop, {60, 70}), 4, 0.05F);
  EXPECT_NEAR(arc_distance(loop, {50, 55}), 5, 0.05F);
  EXPECT_NEAR(arc_distance(loop, {50, 70}), 6, 0.05F);
}

TEST(ArcDistance, IsWithinAThirdOfAPixelOnTheWidestScreens) {
  for (const float height : {20.0F, 500.0F, 1800.0F}) {
    const Arc wide{{4000, 2000}, {0, 2000}, height};
    for (int i = 0; i <= 1000; ++i) {
      EXPECT_LT(arc_distance(wide, arc_point(wide, static_cast<float>(i) / 1000)), 1.0F / 3) << height << ' ' << i;
    }
  }
}

}  // namespace
}  // namespace attnscope
