// Pictures in memory: their pixels, and PNG files that decode to the same.
#include "render/image.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>

#include "core/error.h"

#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#define STBI_ONLY_PNG
#include <stb/stb_image.h>

namespace attnscope {
namespace {

namespace fs = std::filesystem;

// Every pixel another colour.
Image gradient(int width, int height) {
  Image image{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (const int channel : {x, y, x + y, 255 - x}) image.pixels.push_back(static_cast<std::uint8_t>(channel));
    }
  }
  return image;
}

TEST(Image, GivesPixelsByColumnAndRowFromTheTopLeft) {
  const Image image = gradient(5, 3);
  EXPECT_EQ(image.at(4, 2), (std::array<std::uint8_t, 4>{4, 2, 6, 251}));
  for (const auto& [x, y] : {std::pair{-1, 0}, std::pair{5, 0}, std::pair{0, -1}, std::pair{0, 3}}) {
    EXPECT_THROW(static_cast<void>(image.at(x, y)), std::out_of_range) << x << ' ' << y;
  }
}

TEST(Image, WritesAPngThatHoldsTheSamePixels) {
  const fs::path file = fs::path(testing::TempDir()) / ("image." + std::to_string(::getpid()) + ".png");
  const Image image = gradient(37, 19);
  write_png(image, file);
  int width = 0, height = 0, channels = 0;
  stbi_uc* pixels = stbi_load(file.c_str(), &width, &height, &channels, 4);
  ASSERT_NE(pixels, nullptr) << stbi_failure_reason();
  EXPECT_EQ(width, 37);
  EXPECT_EQ(height, 19);
  EXPECT_EQ(channels, 4);
  EXPECT_EQ(std::vector<std::uint8_t>(pixels, pixels + image.pixels.size()), image.pixels);
  stbi_image_free(pixels);
  fs::remove(file);
}

TEST(Image, IsNotWrittenIntoAFolderThatIsNotThere) {
  EXPECT_THROW(write_png(gradient(2, 2), fs::path(testing::TempDir()) / "no such folder" / "a.png"), InputError);
}

}  // namespace
}  // namespace attnscope
