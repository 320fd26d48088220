// Density: every arc adds its weight evenly along its curve, whatever their number and order.
#include "render/density_painter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <glm/geometric.hpp>
#include <limits>
#include <random>
#include <vector>

#include "canvas.h"
#include "render/arc_geometry.h"

namespace attnscope {
namespace {

using Arcs = std::vector<DensityArc>;

class DensityCanvas : public Canvas {
 public:
  using Canvas::Canvas;
  Image draw(const Arcs& arcs, float base, float room, bool down = false) {
    painter_.accumulate(arcs, target.width(), target.height(), base, room, down);
    painter_.draw(target, {{1, 1, 1}, 1});
    return take();
  }

 private:
  DensityPainter painter_;
};

// What was summed in a pixel, to a constant factor: the inverse of shaders/density.frag.
float energy(const Image& image, int x, int y) {
  const float alpha = std::min(static_cast<float>(red(image, x, y)), 254.5F) / 255;
  return -std::log(1 - std::pow(alpha, 4.0F / 3));
}

// Over the columns [begin, end).
float energy_between(const Image& image, int begin, int end) {
  float sum = 0;
  for (int y = 0; y < image.height; ++y) {
    for (int x = begin; x < end; ++x) sum += energy(image, x, y);
  }
  return sum;
}

Arcs random_arcs(std::size_t count, float width) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> place(0, width), weight(0, 1);
  Arcs arcs(count);
  for (DensityArc& arc : arcs) arc = {place(random), place(random), weight(random) * weight(random)};
  return arcs;
}

void expect_on_arc(const Image& image, const Arc& arc) {
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      if (red(image, x, y) == 0) continue;
      const glm::vec2 middle(static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F);
      EXPECT_LT(arc_distance(arc, middle), 1.3F) << x << ' ' << y;
    }
  }
  for (int i = 1; i < 1000; ++i) {
    const glm::vec2 at = arc_point(arc, static_cast<float>(i) / 1000);
    const auto x = static_cast<int>(std::floor(at.x));
    const auto y = static_cast<int>(std::floor(at.y));
    if (x < 1 || x > image.width - 2 || y < 1 || y > image.height - 2) continue;
    int brightest = 0;
    for (int near = -1; near <= 1; ++near) {
      brightest = std::max({brightest, red(image, x + near, y), red(image, x, y + near)});
    }
    EXPECT_GT(brightest, 60) << "a gap at " << at.x << ' ' << at.y;
  }
}

// Up, down, short, with an end or both outside, and a loop.
TEST(Density, LiesOnTheArcsOfArcGeometry) {
  DensityCanvas canvas(320, 200);
  for (const auto& [query, key] :
       {std::pair{300.3F, 20.6F}, std::pair{40.0F, 52.5F}, std::pair{-500.0F, 170.0F}, std::pair{280.0F, 900.0F},
        std::pair{319.8F, 150.0F}, std::pair{-150.0F, 460.0F}, std::pair{90.2F, 90.2F}}) {
    for (const bool down : {false, true}) {
      SCOPED_TRACE(testing::Message() << query << ' ' << key << (down ? " down" : " up"));
      const float base = down ? 10.4F : 190.3F;
      const float height = arc_height(std::abs(query - key), 320, query == key ? 700 : 180) * (down ? -1.0F : 1.0F);
      const Image image = canvas.draw({{query, key, 0.7F}}, base, query == key ? 700 : 180, down);
      expect_on_arc(image, {{query, base}, {key, base}, height});
    }
  }
}

// At a close look at a long text: an arc two thousand times as wide as the picture still meets its token.
TEST(Density, MeetsTheTokenOfAnArcThatIsMostlyOutside) {
  DensityCanvas canvas(1200, 200);
  const float far = 2.5e6F, room = 180;
  const Image image = canvas.draw({{100, far, 1}}, 190, room);
  for (int x = 0; x < 1200; ++x) {
    const double left = x + 0.5 - 100, across = (double{far} - 100) / 2;
    const double above = left <= 0 ? 0 : 0.85 * double{room} * std::sqrt(left * (2 * across - left)) / across;
    for (int y = 0; y < 200; ++y) {
      if (red(image, x, y) > 0) {
        EXPECT_LT(std::abs(y + 0.5 - (190 - above)), 1.6) << x << ' ' << y;
      }
    }
    if (x > 100) {
      EXPECT_GT(energy_between(image, x, x + 1), 0) << x;
    }
  }
}

// A wide arc whose ends are steep and whose middle is level, cut into 24 pieces of one length.
TEST(Density, IsEvenAlongAnArc) {
  DensityCanvas canvas(640, 240);
  const float room = 260;
  const Image image = canvas.draw({{600.3F, 40.2F, 1}}, 230.3F, room);
  const Arc arc{{600.3F, 230.3F}, {40.2F, 230.3F}, arc_height(560.1F, 640, room)};
  std::vector<glm::vec2> points;
  std::vector<float> lengths{0};
  for (int i = 0; i <= 2000; ++i) points.push_back(arc_point(arc, static_cast<float>(i) / 2000));
  for (std::size_t i = 1; i < points.size(); ++i) {
    lengths.push_back(lengths.back() + glm::distance(points[i - 1], points[i]));
  }
  std::vector<float> pieces(24);
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      if (red(image, x, y) == 0) continue;
      const glm::vec2 middle(static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F);
      const auto nearest = std::min_element(points.begin(), points.end(), [&](glm::vec2 a, glm::vec2 b) {
        return glm::distance(a, middle) < glm::distance(b, middle);
      });
      const float share = lengths[static_cast<std::size_t>(nearest - points.begin())] / lengths.back();
      pieces[std::min<std::size_t>(23, static_cast<std::size_t>(24 * share))] += energy(image, x, y);
    }
  }
  float mean = 0;
  for (const float piece : pieces) mean += piece / 24;
  for (std::size_t i = 0; i < pieces.size(); ++i) EXPECT_NEAR(pieces[i], mean, 0.07F * mean) << "piece " << i;
}

TEST(Density, IsProportionalToTheWeightOfAnArc) {
  DensityCanvas canvas(400, 100);
  const Image image = canvas.draw({{90, 10, 1}, {190, 110, 0.5F}, {290, 210, 0.1F}, {300, 380, 0.03F}}, 95, 90);
  const float whole = energy_between(image, 0, 100);
  EXPECT_NEAR(energy_between(image, 100, 200) / whole, 0.5F, 0.02F);
  EXPECT_NEAR(energy_between(image, 200, 298) / whole, 0.1F, 0.008F);
  EXPECT_NEAR(energy_between(image, 298, 400) / whole, 0.03F, 0.005F);
}

TEST(Density, ShowsFaintArcsAsWellAsStrongOnes) {
  DensityCanvas canvas(400, 100);
  Arcs arcs = random_arcs(200, 400);
  const Image strong = canvas.draw(arcs, 95, 90);
  for (DensityArc& arc : arcs) arc.weight *= 1e-6F;
  EXPECT_LE(difference(canvas.draw(arcs, 95, 90), strong), 1);
}

TEST(Density, DoesNotDependOnTheOrderOfArcs) {
  DensityCanvas canvas(400, 120);
  Arcs arcs = random_arcs(20000, 400);
  const Image image = canvas.draw(arcs, 110, 100);
  EXPECT_EQ(difference(canvas.draw(arcs, 110, 100), image), 0);
  std::reverse(arcs.begin(), arcs.end());
  EXPECT_EQ(difference(canvas.draw(arcs, 110, 100), image), 0);
  std::shuffle(arcs.begin(), arcs.end(), std::mt19937(1));
  EXPECT_EQ(difference(canvas.draw(arcs, 110, 100), image), 0);
}

TEST(Density, HangsDownAsItStandsUp) {
  DensityCanvas canvas(400, 200);
  const Arcs arcs = random_arcs(300, 400);
  const Image up = canvas.draw(arcs, 100, 95);
  const Image down = canvas.draw(arcs, 100, 95, true);
  for (int y = 0; y < 200; ++y) {
    for (int x = 0; x < 400; ++x) ASSERT_NEAR(red(up, x, y), red(down, x, 199 - y), 1) << x << ' ' << y;
  }
}

// Sums of 32 bits: as many arcs as are allowed, of the greatest weight, on a few pixels, are spread over them as one of
// ten that are far from each other, whose sums are a tenth of what there is room for.
TEST(Density, HoldsAMillionArcsInOnePixel) {
  DensityCanvas canvas(640, 40);
  for (const DensityArc arc : {DensityArc{30.3F, 30.9F, 1}, DensityArc{30.5F, 30.5F, 1}, DensityArc{20.5F, 34.5F, 1}}) {
    Arcs apart;
    for (int i = 0; i < 10; ++i) {
      const float shift = 64 * static_cast<float>(i);
      apart.push_back({arc.query_x + shift, arc.key_x + shift, 1});
    }
    const Image ten = canvas.draw(apart, 30, 60);
    const Image million = canvas.draw(Arcs(1U << 20U, arc), 30, 60);
    const float whole = energy_between(million, 0, 64), tenth = energy_between(ten, 0, 64);
    for (int y = 0; y < 40; ++y) {
      for (int x = 0; x < 64; ++x) {
        EXPECT_NEAR(energy(million, x, y) / whole, energy(ten, x, y) / tenth, 0.01F) << arc.query_x << ": " << x;
      }
    }
  }
}

TEST(Density, CountsEveryOneOfManyArcs) {
  DensityCanvas canvas(200, 60);
  const DensityArc longer{90, 10, 1}, shorter{180, 150, 1};
  const Image few = canvas.draw({longer, shorter, shorter}, 55, 50);
  Arcs many(60000, shorter);
  std::fill_n(many.begin(), 20000, longer);
  EXPECT_LE(difference(canvas.draw(many, 55, 50), few), 1);
}

TEST(Density, DrawsNothingOfNoArcsAndOfThoseWithoutWeight) {
  DensityCanvas canvas(64, 64, {0.2F, 0.4F, 0.6F, 1});
  const Image empty = canvas.take();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(difference(canvas.draw({}, 60, 50), empty), 0);
  EXPECT_EQ(difference(canvas.draw({{10, 50, 0}, {12, 40, -1}, {5, 30, nan}}, 60, 50), empty), 0);
  EXPECT_GT(difference(canvas.draw({{10, 50, 1}}, 60, 50), empty), 100);
  EXPECT_EQ(difference(canvas.draw({}, 60, 50), empty), 0) << "what was summed before";
}

}  // namespace
}  // namespace attnscope
