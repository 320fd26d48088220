#include "ui/scaled_bitmap.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace attnscope {
namespace {

// Sum of the bitmap over a rectangle of it, by area; what is outside is clear.
std::array<float, 4> sum(const ColourBitmap& bitmap, float x0, float x1, float y0, float y1) {
  std::array<float, 4> total{};
  const int left = std::max(0, static_cast<int>(std::floor(x0)));
  const int right = std::min(bitmap.width, static_cast<int>(std::ceil(x1)));
  const int top = std::max(0, static_cast<int>(std::floor(y0)));
  const int bottom = std::min(bitmap.height, static_cast<int>(std::ceil(y1)));
  for (int y = top; y < bottom; ++y) {
    const float height = std::min(y1, static_cast<float>(y + 1)) - std::max(y0, static_cast<float>(y));
    const std::uint8_t* pixel =
        bitmap.pixels + static_cast<std::ptrdiff_t>(y) * bitmap.pitch + std::ptrdiff_t{4} * left;
    for (int x = left; x < right; ++x) {
      const float width = std::min(x1, static_cast<float>(x + 1)) - std::max(x0, static_cast<float>(x));
      for (float& channel : total) channel += width * height * static_cast<float>(*pixel++);
    }
  }
  return total;
}

std::uint8_t byte(float value) { return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0F, 255.0F))); }

}  // namespace

GlyphPicture scaled_bitmap(const ColourBitmap& bitmap, float left, float top, float scale) {
  GlyphPicture picture;
  picture.coloured = true;
  picture.left = std::floor(left * scale);
  picture.top = std::ceil(top * scale);
  const float right = (left + static_cast<float>(bitmap.width)) * scale;
  const float bottom = (top - static_cast<float>(bitmap.height)) * scale;
  picture.width = static_cast<int>(std::ceil(right - picture.left));
  picture.height = static_cast<int>(std::ceil(picture.top - bottom));
  picture.pixels.reserve(std::size_t{4} * static_cast<std::size_t>(picture.width) *
                         static_cast<std::size_t>(picture.height));
  for (int y = 0; y < picture.height; ++y) {
    const float y0 = top - (picture.top - static_cast<float>(y)) / scale;
    for (int x = 0; x < picture.width; ++x) {
      const float x0 = (picture.left + static_cast<float>(x)) / scale - left;
      const auto [blue, green, red, alpha] = sum(bitmap, x0, x0 + 1.0F / scale, y0, y0 + 1.0F / scale);
      for (const float channel : {red, green, blue}) {  // straight, so divided by alpha
        picture.pixels.push_back(alpha > 0.0F ? byte(255.0F * channel / alpha) : std::uint8_t{0});
      }
      picture.pixels.push_back(byte(alpha * scale * scale));
    }
  }
  return picture;
}

}  // namespace attnscope
