// Images by key on the GPU: which are kept, which give way, and that growth keeps what they hold.
#include "render/tile_textures.h"

#include <gtest/gtest.h>

#include <numeric>
#include <utility>
#include <vector>

#include "render/gl_context.h"

namespace attnscope {
namespace {

constexpr int side = 4;

// An image whose pixels are value, value + 1, ...
std::vector<float> image(float value, int width = side, int height = side) {
  std::vector<float> pixels(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  std::iota(pixels.begin(), pixels.end(), value);
  return pixels;
}

std::vector<float> content(const TileTextures& textures, const TileTextures::Slot& slot) {
  std::vector<float> pixels(static_cast<std::size_t>(slot.width) * static_cast<std::size_t>(slot.height));
  glGetTextureSubImage(textures.texture().id(), 0, 0, 0, slot.index, slot.width, slot.height, 1, GL_RED, GL_FLOAT,
                       static_cast<GLsizei>(pixels.size() * sizeof(float)), pixels.data());
  return pixels;
}

TEST(TileTextures, KeepWhatTheyHoldWhenTheyGrow) {
  const GlContext context;
  TileTextures textures(side, 50);
  for (std::uint64_t key = 0; key < 50; ++key) {
    ASSERT_TRUE(textures.put(key, side, side, image(100 * static_cast<float>(key))));
  }
  for (std::uint64_t key = 0; key < 50; ++key) {
    const auto slot = textures.find(key);
    ASSERT_TRUE(slot);
    EXPECT_EQ(content(textures, *slot), image(100 * static_cast<float>(key))) << key;
  }
  EXPECT_FALSE(textures.find(50));
}

TEST(TileTextures, GiveTheSlotOfTheImageUsedLongestAgo) {
  const GlContext context;
  TileTextures textures(side, 3);
  for (std::uint64_t key = 0; key < 3; ++key) {
    textures.begin_frame();
    EXPECT_TRUE(textures.put(key, side, side, image(0)));
  }
  textures.begin_frame();
  EXPECT_TRUE(textures.find(0));  // now 1 is the oldest
  EXPECT_TRUE(textures.put(3, side, side, image(7)));
  EXPECT_FALSE(textures.has(1));
  for (const std::uint64_t key : {0, 2, 3}) EXPECT_TRUE(textures.has(key)) << key;
  EXPECT_EQ(content(textures, *textures.find(3)), image(7));
}

TEST(TileTextures, TakeNoMoreInAFrameThanTheyHaveSlots) {
  const GlContext context;
  TileTextures textures(side, 2);
  EXPECT_TRUE(textures.put(0, side, side, image(0)));
  EXPECT_TRUE(textures.put(1, side, side, image(0)));
  EXPECT_FALSE(textures.put(2, side, side, image(0)));
  EXPECT_FALSE(textures.has(2));
  EXPECT_TRUE(textures.has(0) && textures.has(1));
  textures.begin_frame();
  EXPECT_TRUE(textures.put(2, side, side, image(0)));
}

TEST(TileTextures, ReplaceAnImageOfTheSameKeyInItsSlot) {
  const GlContext context;
  TileTextures textures(side, 2);
  EXPECT_TRUE(textures.put(0, side, side, image(0)));
  EXPECT_TRUE(textures.put(1, side, side, image(50)));
  const int slot = textures.find(0)->index;
  EXPECT_TRUE(textures.put(0, 3, 2, image(20, 3, 2)));  // also where every slot is in use
  const auto found = textures.find(0);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->index, slot);
  EXPECT_EQ(std::pair(found->width, found->height), std::pair(3, 2));
  EXPECT_EQ(content(textures, *found), image(20, 3, 2));
  EXPECT_EQ(content(textures, *textures.find(1)), image(50));
}

}  // namespace
}  // namespace attnscope
