// One font file through FreeType: which code points it has and what they look like at a size. Which face draws what is
// left to font_stack.h.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "core/mapped_file.h"

struct FT_LibraryRec_;
struct FT_FaceRec_;

namespace attnscope {

// A glyph in pixels, rows from top to bottom. Coverage (one byte a pixel), or colour (red, green, blue, straight
// alpha).
struct GlyphPicture {
  bool coloured = false;
  int width = 0, height = 0;  // 0 where nothing is to be seen
  float left = 0.0F;          // of the first column, from the pen
  float top = 0.0F;           // of the first row, above the baseline
  std::vector<std::uint8_t> pixels;
};

// FreeType itself, ended after the faces that it opened.
using FreeTypeLibrary = std::shared_ptr<FT_LibraryRec_>;
// Throws Error where FreeType does not start.
FreeTypeLibrary start_freetype();

// The file is mapped: what is not asked for is not read. One thread at a time for all faces of a library.
class FontFace {
 public:
  // The first face of the file. Throws InputError where the file cannot be read or is no font.
  FontFace(FreeTypeLibrary library, const std::filesystem::path& path);

  bool has(char32_t code_point) const;

  // How far the pen moves, in pixels, for an em of `em` pixels; not rounded. 0 where there is no glyph.
  float advance(char32_t code_point, float em);

  // `em` in pixels, `columns` pictures' pixels to one of the screen's, 1 or 2; the picture's left and width count its
  // own. Outlines are hinted lightly, that is vertically only. Colour bitmaps are scaled and take one column a pixel.
  // An empty picture where there is no glyph or it cannot be drawn.
  GlyphPicture draw(char32_t code_point, float em, int columns);

  // Whether its glyphs are colour bitmaps (CBDT), as emoji are.
  bool is_coloured() const;

 private:
  bool set_size(float em, int columns);

  FreeTypeLibrary library_;
  std::shared_ptr<const MappedFile> file_;
  std::shared_ptr<FT_FaceRec_> face_;
};

}  // namespace attnscope
