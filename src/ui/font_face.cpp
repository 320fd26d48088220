#include "ui/font_face.h"

#include <ft2build.h>
#include FT_FREETYPE_H

#include <cmath>

#include "core/error.h"
#include "ui/scaled_bitmap.h"

namespace attnscope {
namespace {

constexpr float units = 64.0F;        // of FreeType's 26.6 numbers
constexpr float units_16 = 65536.0F;  // of its 16.16 numbers

// What one byte a pixel of coverage is in `bitmap`.
std::vector<std::uint8_t> coverage(const FT_Bitmap& bitmap) {
  std::vector<std::uint8_t> pixels;
  pixels.reserve(static_cast<std::size_t>(bitmap.width) * bitmap.rows);
  for (unsigned y = 0; y < bitmap.rows; ++y) {
    const unsigned char* row = bitmap.buffer + static_cast<std::ptrdiff_t>(y) * bitmap.pitch;
    pixels.insert(pixels.end(), row, row + bitmap.width);
  }
  return pixels;
}

}  // namespace

FreeTypeLibrary start_freetype() {
  FT_Library library = nullptr;
  if (FT_Init_FreeType(&library) != 0) throw Error("FreeType does not start");
  return {library, [](FT_Library started) { FT_Done_FreeType(started); }};
}

FontFace::FontFace(FreeTypeLibrary library, const std::filesystem::path& path)
    : library_(std::move(library)), file_(MappedFile::open(path)) {
  FT_Face face = nullptr;
  const auto bytes = file_->bytes();
  if (FT_New_Memory_Face(library_.get(), reinterpret_cast<const FT_Byte*>(bytes.data()),
                         static_cast<FT_Long>(bytes.size()), 0, &face) != 0) {
    throw InputError(path.string() + ": not a font that FreeType reads");
  }
  face_ = {face, [](FT_Face opened) { FT_Done_Face(opened); }};
}

bool FontFace::has(char32_t code_point) const { return FT_Get_Char_Index(face_.get(), code_point) != 0; }

bool FontFace::is_coloured() const {
  return FT_HAS_COLOR(face_.get()) && !FT_IS_SCALABLE(face_.get()) && face_->num_fixed_sizes > 0;
}

bool FontFace::set_size(float em, int columns) {
  constexpr FT_UInt dots = 72;  // at which a point is a pixel
  if (is_coloured()) return FT_Select_Size(face_.get(), 0) == 0;
  const auto size = static_cast<FT_F26Dot6>(std::lround(em * units));
  return FT_Set_Char_Size(face_.get(), size, size, dots * static_cast<FT_UInt>(columns), dots) == 0;
}

float FontFace::advance(char32_t code_point, float em) {
  const FT_UInt glyph = FT_Get_Char_Index(face_.get(), code_point);
  if (glyph == 0 || !set_size(em, 1)) return 0.0F;
  if (is_coloured()) {
    if (FT_Load_Glyph(face_.get(), glyph, FT_LOAD_COLOR) != 0) return 0.0F;
    const auto strike = static_cast<float>(face_->size->metrics.y_ppem);
    return static_cast<float>(face_->glyph->advance.x) / units * em / strike;
  }
  // Hinting is vertical only, so the widths are those of the outlines.
  if (FT_Load_Glyph(face_.get(), glyph, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP) != 0) return 0.0F;
  return static_cast<float>(face_->glyph->linearHoriAdvance) / units_16;
}

GlyphPicture FontFace::draw(char32_t code_point, float em, int columns) {
  const FT_UInt glyph = FT_Get_Char_Index(face_.get(), code_point);
  if (glyph == 0 || !set_size(em, columns)) return {};
  const bool coloured = is_coloured();
  const FT_Int32 how =
      coloured ? FT_LOAD_COLOR | FT_LOAD_RENDER : FT_LOAD_RENDER | FT_LOAD_TARGET_LIGHT | FT_LOAD_NO_BITMAP;
  if (FT_Load_Glyph(face_.get(), glyph, how) != 0) return {};
  const FT_GlyphSlotRec& slot = *face_->glyph;
  const FT_Bitmap& bitmap = slot.bitmap;
  if (bitmap.width == 0 || bitmap.rows == 0) return {};
  if (coloured && bitmap.pixel_mode == FT_PIXEL_MODE_BGRA) {
    const float scale = em / static_cast<float>(face_->size->metrics.y_ppem);
    return scaled_bitmap({bitmap.buffer, static_cast<int>(bitmap.width), static_cast<int>(bitmap.rows), bitmap.pitch},
                         static_cast<float>(slot.bitmap_left), static_cast<float>(slot.bitmap_top), scale);
  }
  if (bitmap.pixel_mode != FT_PIXEL_MODE_GRAY) return {};
  return {false,
          static_cast<int>(bitmap.width),
          static_cast<int>(bitmap.rows),
          static_cast<float>(slot.bitmap_left),
          static_cast<float>(slot.bitmap_top),
          coverage(bitmap)};
}

}  // namespace attnscope
