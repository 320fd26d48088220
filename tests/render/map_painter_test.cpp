// Which texels make up a pixel: the largest of all that it covers, or their mean by area, at any zoom.
#include "render/map_painter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <random>

#include "map_canvas.h"

namespace attnscope {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

WeightPicture random_weights(int width, int height) {
  std::mt19937 random(5);
  std::uniform_real_distribution<float> uniform;
  WeightPicture picture(width, height, 0);
  for (float& weight : picture.weights) weight = uniform(random) < 0.1F ? nan : uniform(random);
  return picture;
}

struct Footprint {
  float largest = -1, mean = 0;
};

// By the definition, over all texels: each counts by the area that it shares with the pixel.
Footprint footprint(const WeightPicture& picture, glm::vec4 pixels, int column, int row) {
  const double across = picture.width / double{pixels.z - pixels.x};
  const double down = picture.height / double{pixels.w - pixels.y};
  const auto shared = [](double begin, double size, int texel) {
    const double length = std::min(begin + size, texel + 1.0) - std::max(begin, static_cast<double>(texel));
    return length > 1e-3 ? length : 0;
  };
  Footprint result;
  double sum = 0, area = 0;
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      const float weight = picture.at(x, y);
      const double part =
          shared((column - double{pixels.x}) * across, across, x) * shared((row - double{pixels.y}) * down, down, y);
      if (std::isnan(weight) || part == 0) continue;
      result.largest = std::max(result.largest, weight);
      sum += part * double{weight};
      area += part;
    }
  }
  result.mean = static_cast<float>(sum / area);
  return result;
}

// Pixels inside the picture, not at its edge, 5.2 x 3.1 texels each, then magnified to 0.37 x 0.29.
void expect_by_definition(bool mean) {
  const WeightPicture picture = random_weights(61, 47);
  MapLook look = grey_look();
  look.mean = mean;
  MapCanvas canvas(180, 180);
  for (const glm::vec4 pixels : {glm::vec4(2.3F, 1.6F, 14.03F, 16.8F), glm::vec4(3.7F, 0.2F, 168.6F, 162.3F)}) {
    const Image image = canvas.draw(picture, picture.all(), pixels, look);
    for (int y = static_cast<int>(pixels.y) + 2; y < static_cast<int>(pixels.w) - 1; ++y) {
      for (int x = static_cast<int>(pixels.x) + 2; x < static_cast<int>(pixels.z) - 1; ++x) {
        const Footprint wanted = footprint(picture, pixels, x, y);
        if (wanted.largest < 0) continue;  // all masked
        ASSERT_NEAR(red(image, x, y), 255 * (mean ? wanted.mean : wanted.largest), 1) << x << ' ' << y;
      }
    }
  }
}

TEST(MapPainter, ShowsTheLargestOfAllTexelsUnderAPixel) { expect_by_definition(false); }

TEST(MapPainter, ShowsTheirMeanByAreaWhereAsked) { expect_by_definition(true); }

// Any size and any fraction of a pixel, the corners and edges of the image too.
TEST(MapPainter, KeepsASingleBrightCellAtAnyZoomOut) {
  MapCanvas canvas(260, 260);
  for (const auto& [cell_x, cell_y] : {std::pair{0, 0}, std::pair{255, 255}, std::pair{128, 255}, std::pair{77, 31}}) {
    WeightPicture picture(256, 256, 0);
    picture.at(cell_x, cell_y) = 1;
    for (const float side : {255.3F, 128.0F, 63.45F, 17.5F, 10.4F, 3.3F, 2.2F}) {
      for (const float offset : {0.0F, 0.3F, 0.49F, 0.77F}) {
        const glm::vec4 pixels(2 + offset, 1 + offset, 2 + offset + side, 1 + offset + side);
        const Image image = canvas.draw(picture, picture.all(), pixels, grey_look());
        int bright = 0;
        for (int y = 0; y < image.height; ++y) {
          for (int x = 0; x < image.width; ++x) {
            if (red(image, x, y) < 255) continue;
            ++bright;
            EXPECT_LE(
                std::abs(static_cast<float>(x) + 0.5F - pixels.x - side * (static_cast<float>(cell_x) + 0.5F) / 256),
                1.6F);
            EXPECT_LE(
                std::abs(static_cast<float>(y) + 0.5F - pixels.y - side * (static_cast<float>(cell_y) + 0.5F) / 256),
                1.6F);
          }
        }
        EXPECT_GE(bright, 1) << "cell " << cell_x << ' ' << cell_y << ", side " << side << ", offset " << offset;
        EXPECT_LE(bright, 4) << "cell " << cell_x << ' ' << cell_y << ", side " << side << ", offset " << offset;
      }
    }
  }
}

TEST(MapPainter, DrawsCrispCellsWhereTheyAreLargerThanPixels) {
  WeightPicture picture(3, 2, 0);
  for (int i = 0; i < 6; ++i) picture.at(i % 3, i / 3) = static_cast<float>(i) / 5;
  MapCanvas canvas(50, 40);
  const glm::vec4 pixels(1, 2, 1 + 3 * 15.5F, 2 + 2 * 15.5F);
  const Image image = canvas.draw(picture, picture.all(), pixels, grey_look());
  for (int y = 2; y < 33; ++y) {
    for (int x = 1; x < 47; ++x) {
      // The cell under the pixel's right and lower edge: the larger one where two share it.
      const int column = std::min(2, static_cast<int>((static_cast<float>(x) - 0.002F) / 15.5F));
      const int row = std::min(1, static_cast<int>((static_cast<float>(y) - 1.002F) / 15.5F));
      ASSERT_EQ(red(image, x, y), 51 * (3 * row + column)) << x << ' ' << y;
    }
  }
}

TEST(MapPainter, DrawsAPartOfAnImageFromWithinATexel) {
  WeightPicture picture(8, 8, 0);
  for (int x = 0; x < 8; ++x) {
    for (int y = 0; y < 8; ++y) picture.at(x, y) = static_cast<float>(8 * y + x) / 255;
  }
  MapCanvas canvas(40, 20);
  const Image image = canvas.draw(picture, {2.5F, 5.25F, 4.5F, 6.25F}, {10, 4, 30, 14}, grey_look());
  EXPECT_EQ(red(image, 9, 8), 0);
  EXPECT_EQ(red(image, 30, 8), 0);
  EXPECT_EQ(red(image, 10, 4), 8 * 5 + 2);
  EXPECT_EQ(red(image, 14, 10), 8 * 5 + 2);
  EXPECT_EQ(red(image, 15, 4), 8 * 5 + 3);
  EXPECT_EQ(red(image, 29, 12), 8 * 6 + 4);
}

// Two tiles that meet inside a pixel: the pixel is the second one's, the first one's last column is seen beside it.
TEST(MapPainter, LosesNoBrightCellWhereTilesMeet) {
  MapCanvas canvas(60, 60);
  TileTextures textures(256, 4);
  WeightPicture first(256, 256, 0), second(256, 256, 0);
  first.at(255, 40) = 1;
  second.at(0, 200) = 1;
  textures.put(1, 256, 256, first.weights);
  textures.put(2, 256, 256, second.weights);
  for (const float seam : {28.1F, 28.4F, 28.5F, 28.8F}) {
    const std::array quads{MapQuad{0, 256, 256, first.all(), {seam - 25.6F, 0, seam, 25.6F}, 1},
                           MapQuad{1, 256, 256, second.all(), {seam, 0, seam + 25.6F, 25.6F}, 1}};
    canvas.painter.draw(canvas.target, textures, quads, grey_look());
    const Image image = canvas.take();
    const auto row_has = [&](int row) {
      return red(image, 27, row) == 255 || red(image, 28, row) == 255 || red(image, 29, row) == 255;
    };
    EXPECT_TRUE(row_has(4)) << seam;
    EXPECT_TRUE(row_has(20)) << seam;
  }
}

}  // namespace
}  // namespace attnscope
