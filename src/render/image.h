// A picture in memory and its way into a PNG file. How it was drawn is left to others.
#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace attnscope {

// 8 bits a channel, red, green, blue, alpha (straight), rows from top to bottom without gaps.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> pixels;  // 4 * width * height

  // The pixel at column x, row y. Throws std::out_of_range outside the picture.
  std::array<std::uint8_t, 4> at(int x, int y) const;
};

// Writes `image`, at least 1 x 1, as a PNG file that appears whole or not at all. Throws InputError where the target
// cannot be a file, Error where it cannot be written (formats/output_file.h).
void write_png(const Image& image, const std::filesystem::path& target);

}  // namespace attnscope
