// What a pixel of the map looks like: the ramp, what is masked, what is not there yet, and what lies over it.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include "map_canvas.h"
#include "render/ramp.h"

namespace attnscope {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();
using Color = std::array<std::uint8_t, 4>;

std::uint8_t byte(float value) { return static_cast<std::uint8_t>(std::lround(255 * value)); }
Color color_of(glm::vec3 c) { return {byte(c.x), byte(c.y), byte(c.z), 255}; }

MapLook dark_look() {
  MapLook look;
  look.ramp = {
      {{0.08F, 0.09F, 0.11F}, {0.23F, 0.14F, 0.27F}, {0.53F, 0.19F, 0.3F}, {0.89F, 0.42F, 0.2F}, {1, 0.84F, 0.47F}}};
  look.panel = look.ramp.front();
  look.hatch = {0.2F, 0.22F, 0.26F};
  return look;
}

std::set<Color> colors_of(const Image& image) {
  std::set<Color> colors;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) colors.insert(image.at(x, y));
  }
  return colors;
}

// A pixel a texel, weights of every size, another one in each row: as the legend and the numbers are coloured.
void expect_ramp(MapLook look) {
  WeightPicture picture(64, 3, 0);
  for (int x = 1; x < 64; ++x) {
    for (int y = 0; y < 3; ++y) picture.at(x, y) = std::pow(10.0F, -static_cast<float>(x * 3 + y) / 30);
  }
  MapCanvas canvas(64, 3);
  const Image image = canvas.draw(picture, picture.all(), picture.all(), look);
  for (int y = 0; y < 3; ++y) {
    for (int x = 0; x < 64; ++x) {
      const float t = ramp_position(picture.at(x, y), look.low, look.high, look.logarithmic);
      const glm::vec3 wanted = ramp_color(look.ramp, t) * 255.0F;
      const Color got = image.at(x, y);
      for (int i = 0; i < 3; ++i) {
        ASSERT_NEAR(got.at(static_cast<std::size_t>(i)), wanted[i], 0.75) << x << ' ' << y << " channel " << i;
      }
    }
  }
}

TEST(MapColors, AreThoseOfTheRampOnALinearScale) {
  MapLook look = dark_look();
  look.low = 0.01F;
  look.high = 0.6F;
  expect_ramp(look);
}

TEST(MapColors, AreThoseOfTheRampOnALogScale) {
  MapLook look = dark_look();
  look.low = 1e-4F;
  look.high = 0.6F;
  look.logarithmic = true;
  expect_ramp(look);
}

TEST(MapColors, TellZeroMaskedAndNotComputedApart) {
  MapCanvas canvas(32, 32);
  const MapLook look = dark_look();
  const Color panel = color_of(look.panel);
  WeightPicture picture(32, 32, 0);
  EXPECT_EQ(colors_of(canvas.draw(picture, picture.all(), picture.all(), look)), std::set{panel});

  picture = WeightPicture(32, 32, nan);
  const Image masked = canvas.draw(picture, picture.all(), picture.all(), look);
  EXPECT_EQ(colors_of(masked), (std::set{color_of(look.hatch), color_of((look.panel + look.hatch) / 2.0F)}));
  for (int i = 0; i < 8; ++i) EXPECT_EQ(masked.at(i, 10), masked.at(i + 3, 7)) << "not along the stripe: " << i;

  const std::array rectangle{glm::vec4(0, 0, 32, 32)};
  canvas.painter.shimmer(canvas.target, rectangle, look);
  const Image shimmer = canvas.take();
  EXPECT_EQ(colors_of(shimmer).count(panel), 0U);
  EXPECT_GT(colors_of(shimmer).size(), 3U);
}

TEST(MapColors, ShimmerInItsRectanglesOnlyAndWithTime) {
  MapCanvas canvas(40, 20, {1, 0, 0, 1});
  MapLook look = dark_look();
  std::vector<Image> images;
  for (const float time : {0.0F, 0.5F}) {
    look.time = time;
    const std::array rectangles{glm::vec4(2, 3, 10, 12), glm::vec4(20, 0, 30, 20)};
    canvas.painter.shimmer(canvas.target, rectangles, look);
    images.push_back(canvas.take());
  }
  for (const auto& [x, y, inside] : {std::tuple{2, 3, true}, std::tuple{9, 11, true}, std::tuple{25, 19, true},
                                     std::tuple{1, 3, false}, std::tuple{10, 11, false}, std::tuple{9, 12, false}}) {
    EXPECT_EQ(images[0].at(x, y) != Color({255, 0, 0, 255}), inside) << x << ' ' << y;
  }
  EXPECT_NE(images[0].at(5, 5), images[1].at(5, 5));
}

TEST(MapColors, CountTheWeightsOfAPixelThatIsPartlyMasked) {
  WeightPicture picture(2, 2, nan);
  picture.at(1, 0) = 0.4F;
  picture.at(0, 1) = 0.8F;
  MapCanvas canvas(1, 1);
  MapLook look = grey_look();
  EXPECT_NEAR(red(canvas.draw(picture, picture.all(), {0, 0, 1, 1}, look), 0, 0), 0.8 * 255, 0.6);
  look.mean = true;
  EXPECT_NEAR(red(canvas.draw(picture, picture.all(), {0, 0, 1, 1}, look), 0, 0), 0.6 * 255, 0.6);
}

TEST(MapColors, LieOverWhatIsThereByTheirAlpha) {
  MapCanvas canvas(4, 4, {0.2F, 0.6F, 1, 1});
  const WeightPicture picture(4, 4, 1);
  const Image image = canvas.draw(picture, picture.all(), {1, 0, 4, 4}, grey_look(), 0.25F);
  EXPECT_EQ(image.at(0, 2), (Color{51, 153, 255, 255}));
  const Color mixed = image.at(2, 2);
  EXPECT_NEAR(mixed[0], 255 * (0.75 * 0.2 + 0.25), 1);
  EXPECT_NEAR(mixed[1], 255 * (0.75 * 0.6 + 0.25), 1);
  EXPECT_EQ(mixed[2], 255);
}

}  // namespace
}  // namespace attnscope
