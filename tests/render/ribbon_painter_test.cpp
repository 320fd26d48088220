// Ribbons lie on their arcs, are as wide as asked, and lights run on them from the key to the query.
#include "render/ribbon_painter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <glm/geometric.hpp>
#include <span>

#include "canvas.h"
#include "render/arc_geometry.h"

namespace attnscope {
namespace {

constexpr glm::vec3 light_color{0, 0, 1};
constexpr float at_rest = 100;  // seconds

Ribbon on(const Arc& arc, float width, float light = 0) {
  return {arc.query, arc.key, arc.height, width, {1, 0, 0, 1}, light};
}

class RibbonCanvas : public Canvas {
 public:
  using Canvas::Canvas;
  Image draw(std::span<const Ribbon> ribbons, float clock = at_rest) {
    painter_.draw(target, ribbons, clock, light_color);
    return take();
  }
  Image draw(const Ribbon& ribbon, float clock = at_rest) { return draw(std::span(&ribbon, 1), clock); }

 private:
  RibbonPainter painter_;
};

glm::vec2 middle_of(int x, int y) { return {static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F}; }

// Far from the curve nothing, on it all.
void expect_on_arc(const Image& image, const Arc& arc, float width) {
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const float distance = arc_distance(arc, middle_of(x, y));
      if (distance > width / 2 + 0.75F) {
        EXPECT_EQ(red(image, x, y), 0) << x << ' ' << y;
      }
      if (distance < width / 2 - 0.75F) {
        EXPECT_EQ(red(image, x, y), 255) << x << ' ' << y;
      }
    }
  }
}

TEST(Ribbons, LieOnTheirArcsAndNowhereElse) {
  RibbonCanvas canvas(300, 160);
  for (const Arc& arc : {Arc{{260, 140}, {30, 140}, 110}, Arc{{30, 20}, {260, 20}, -90}, Arc{{40, 150}, {200, 90}, 60},
                         Arc{{170, 150}, {120, 150}, 70}, Arc{{20, 80}, {250, 80}, 0}, Arc{{100, 140}, {100, 140}, 100},
                         Arc{{100, 20}, {100, 20}, -80}}) {
    SCOPED_TRACE(testing::Message() << arc.query.x << ' ' << arc.key.x << ' ' << arc.height);
    expect_on_arc(canvas.draw(on(arc, 4)), arc, 4);
  }
}

// The light of a column through the top, where the ribbon is level.
TEST(Ribbons, CoverAsManyPixelsAsTheyAreWideAndFadeBelowOne) {
  RibbonCanvas canvas(400, 100);
  for (const float width : {0.3F, 0.7F, 1.0F, 1.8F, 3.0F, 6.4F}) {
    for (const float base : {90.0F, 90.37F, 90.5F}) {
      const Image image = canvas.draw(on({{390, base}, {10, base}, 60}, width));
      float sum = 0;
      int brightest = 0;
      for (int y = 0; y < image.height; ++y) {
        sum += static_cast<float>(red(image, 200, y)) / 255;
        brightest = std::max(brightest, red(image, 200, y));
      }
      EXPECT_NEAR(sum, width, 0.03F + 0.02F * width) << base;
      if (width < 1) {
        EXPECT_LE(static_cast<float>(brightest), 255 * width + 1) << base;
      }
    }
  }
}

TEST(Ribbons, LieOverEarlierOnesByTheirAlpha) {
  RibbonCanvas canvas(200, 100);
  const std::array ribbons{Ribbon{{190, 90}, {10, 90}, 50, 8, {0, 1, 0, 1}, 0},
                           Ribbon{{190, 90}, {10, 90}, 50, 8, {1, 0, 0, 0.25F}, 0}};
  const Image image = canvas.draw(ribbons);
  EXPECT_NEAR(image.at(100, 40)[0], 64, 1);
  EXPECT_NEAR(image.at(100, 40)[1], 191, 1);
}

// The pixels that a light brightens, and where its middle is.
struct Light {
  float blue = 0;
  glm::vec2 middle{0, 0};
};

Light light_near(const Image& image, glm::vec2 where, float reach) {
  Light light;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      if (glm::distance(middle_of(x, y), where) > reach) continue;
      const auto blue = static_cast<float>(image.at(x, y)[2]);
      light.blue += blue;
      light.middle += blue * middle_of(x, y);
    }
  }
  light.middle /= std::max(1.0F, light.blue);
  return light;
}

TEST(Lights, RunFromTheKeyToTheQueryOneAfterAnother) {
  RibbonCanvas canvas(400, 160);
  const Arc arc{{370, 140}, {30, 140}, 110};
  for (const float passed : {0.08F, 0.2F, 0.45F, 0.7F, 0.93F}) {  // of the first passage
    const Image image = canvas.draw(on(arc, 2, 1), passed * light_passage);
    float seen = 0;
    for (int which = 0; which < 3; ++which) {
      const float t = passed - static_cast<float>(which) / 3;
      if (t < 0.02F) continue;  // not set out, or too faint yet
      const glm::vec2 place = arc_point(arc, t);
      const Light light = light_near(image, place, 9);
      seen += light.blue;
      EXPECT_GT(light.blue, 255) << passed << ' ' << which;
      EXPECT_LT(glm::distance(light.middle, place), 1) << passed << ' ' << which;
    }
    EXPECT_NEAR(light_near(image, {200, 80}, 1000).blue, seen, 60) << "a light elsewhere at " << passed;
  }
}

TEST(Lights, RunOnLoops) {
  RibbonCanvas canvas(120, 120);
  const Arc loop{{60, 110}, {60, 110}, 90};
  const Image image = canvas.draw(on(loop, 2, 1), 0.25F * light_passage);
  EXPECT_LT(glm::distance(light_near(image, arc_point(loop, 0.25F), 9).middle, arc_point(loop, 0.25F)), 1);
}

TEST(Lights, RestAfterThreePassages) {
  RibbonCanvas canvas(300, 160);
  const std::array ribbons{on({{260, 140}, {30, 140}, 110}, 2, 1), on({{160, 140}, {30, 140}, 80}, 2, 0.5F)};
  EXPECT_GT(difference(canvas.draw(ribbons, 3.1F), canvas.draw(ribbons, 3.2F)), 50);
  const Image resting = canvas.draw(ribbons, 4);
  EXPECT_EQ(difference(canvas.draw(ribbons, 9), resting), 0);
  EXPECT_EQ(difference(canvas.draw(ribbons, 3.6001F), resting), 0);
  for (std::size_t i = 2; i < resting.pixels.size(); i += 4) ASSERT_EQ(resting.pixels[i], 0) << "a light that rests";
  EXPECT_TRUE(lights_running(0) && lights_running(3.59F));
  EXPECT_FALSE(lights_running(3.61F) || lights_running(-1));
}

TEST(Lights, RunOnlyWhereThereIsLight) {
  RibbonCanvas canvas(300, 160);
  const Arc arc{{260, 140}, {30, 140}, 110};
  EXPECT_EQ(difference(canvas.draw(on(arc, 2, 0), 0.6F), canvas.draw(on(arc, 2, 0))), 0);
  const float strong = light_near(canvas.draw(on(arc, 2, 1), 0.6F), {150, 80}, 1000).blue;
  const float weak = light_near(canvas.draw(on(arc, 2, 0.2F), 0.6F), {150, 80}, 1000).blue;
  EXPECT_LT(weak, 0.7F * strong);
  EXPECT_GT(weak, 0.3F * strong);
}

}  // namespace
}  // namespace attnscope
