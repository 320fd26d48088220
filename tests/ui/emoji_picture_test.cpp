// Colour bitmaps at other sizes: colours, transparency and place.
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "ui/scaled_bitmap.h"

namespace attnscope {
namespace {

using Pixel = std::array<std::uint8_t, 4>;

Pixel pixel(const GlyphPicture& picture, int x, int y) {
  const std::size_t first = 4 * static_cast<std::size_t>(y * picture.width + x);
  return {picture.pixels.at(first), picture.pixels.at(first + 1), picture.pixels.at(first + 2),
          picture.pixels.at(first + 3)};
}

// Two rows of four: the left half opaque red over blue, the right half green at half alpha. Blue, green, red, alpha.
const std::vector<std::uint8_t> bgra{0,   0, 255, 255, 0,   0, 255, 255, 0, 128, 0, 128, 0, 128, 0, 128,
                                     255, 0, 0,   255, 255, 0, 0,   255, 0, 128, 0, 128, 0, 128, 0, 128};

TEST(ScaledBitmap, OfItsOwnSizeIsTheSameInStraightColours) {
  const GlyphPicture picture = scaled_bitmap({bgra.data(), 4, 2, 16}, 1.0F, 2.0F, 1.0F);
  ASSERT_EQ(picture.width, 4);
  ASSERT_EQ(picture.height, 2);
  EXPECT_TRUE(picture.coloured);
  EXPECT_EQ(picture.left, 1.0F);
  EXPECT_EQ(picture.top, 2.0F);
  EXPECT_EQ(pixel(picture, 0, 0), (Pixel{255, 0, 0, 255}));
  EXPECT_EQ(pixel(picture, 1, 1), (Pixel{0, 0, 255, 255}));
  EXPECT_EQ(pixel(picture, 3, 0), (Pixel{0, 255, 0, 128}));
}

TEST(ScaledBitmap, OfHalfTheSizeHoldsMeans) {
  const GlyphPicture picture = scaled_bitmap({bgra.data(), 4, 2, 16}, 2.0F, 2.0F, 0.5F);
  ASSERT_EQ(picture.width, 2);
  ASSERT_EQ(picture.height, 1);
  EXPECT_EQ(picture.left, 1.0F);
  EXPECT_EQ(picture.top, 1.0F);
  EXPECT_EQ(pixel(picture, 0, 0), (Pixel{128, 0, 128, 255}));
  EXPECT_EQ(pixel(picture, 1, 0), (Pixel{0, 255, 0, 128}));
}

TEST(ScaledBitmap, BetweenPixelsFadesAtItsEdges) {
  const GlyphPicture picture = scaled_bitmap({bgra.data(), 4, 2, 16}, 0.5F, 2.0F, 1.0F);
  ASSERT_EQ(picture.width, 5);
  EXPECT_EQ(picture.left, 0.0F);
  EXPECT_EQ(pixel(picture, 0, 0), (Pixel{255, 0, 0, 128}));
  EXPECT_EQ(pixel(picture, 1, 0), (Pixel{255, 0, 0, 255}));
}

}  // namespace
}  // namespace attnscope
