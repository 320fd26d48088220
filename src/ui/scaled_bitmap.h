// Colour bitmaps of one size as glyphs of any size. Where the bitmaps come from is left to font_face.h.
#pragma once
#include <cstdint>

#include "ui/font_face.h"

namespace attnscope {

// Blue, green, red, alpha, colours multiplied by alpha, as FreeType gives them; `pitch` bytes from row to row.
struct ColourBitmap {
  const std::uint8_t* pixels;
  int width, height, pitch;
};

// The bitmap at `scale` > 0. Its upper left corner is `left` from the pen and `top` above the baseline, in its own
// pixels; the picture's corner lies on whole pixels. Shrunk by the mean of what each pixel covers, magnified to blocks.
GlyphPicture scaled_bitmap(const ColourBitmap& bitmap, float left, float top, float scale);

}  // namespace attnscope
