#include "render/image.h"

#include <cstddef>
#include <span>
#include <stdexcept>

#include "core/error.h"
#include "formats/output_file.h"

#define STBI_WRITE_NO_STDIO
#include <stb/stb_image_write.h>

namespace attnscope {
namespace {

void append(void* bytes, void* data, int size) {
  const auto* begin = static_cast<const std::byte*>(data);
  auto& all = *static_cast<std::vector<std::byte>*>(bytes);
  all.insert(all.end(), begin, begin + size);
}

}  // namespace

std::array<std::uint8_t, 4> Image::at(int x, int y) const {
  if (x < 0 || x >= width || y < 0 || y >= height) throw std::out_of_range("pixel outside the picture");
  const std::size_t first =
      4 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x));
  return {pixels.at(first), pixels.at(first + 1), pixels.at(first + 2), pixels.at(first + 3)};
}

void write_png(const Image& image, const std::filesystem::path& target) {
  OutputFile file(target);  // first, so that a target that cannot be costs no compression
  std::vector<std::byte> png;
  constexpr int channels = 4;
  if (stbi_write_png_to_func(append, &png, image.width, image.height, channels, image.pixels.data(),
                             channels * image.width) == 0) {
    throw Error(target.string() + ": not enough memory to compress the picture");
  }
  file.write(0, std::span<const std::byte>(png));
  file.finish();
}

}  // namespace attnscope
