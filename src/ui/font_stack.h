// Which font draws a code point: a font of choice, and behind it all that this system has for other scripts and emoji.
// How Dear ImGui asks is left to freetype_loader.h.
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ui/font_face.h"
#include "ui/font_files.h"

namespace attnscope {

// Faces in the order in which they are asked, each opened when it is first asked: most texts need two or three of them.
// A file that turns out not to be a font is passed over. One thread at a time.
class FontList {
 public:
  FontList(FreeTypeLibrary library, std::vector<std::filesystem::path> files);

  bool empty() const { return faces_.empty(); }
  // The first face that has the code point; null where none has. Valid as long as the list.
  FontFace* find(char32_t code_point);

 private:
  struct Entry {
    std::filesystem::path file;
    std::optional<FontFace> face;
    bool broken = false;
  };
  FontFace* open(Entry& entry);

  FreeTypeLibrary library_;
  std::vector<Entry> faces_;
};

// The lists that all fonts share: emoji, and everything else behind the font of choice.
struct FallbackFonts {
  FontList emoji;
  FontList others;  // Noto Sans, mathematics, symbols, Han, all scripts of Noto, DejaVu, emoji
};
FallbackFonts find_fallbacks(const FreeTypeLibrary& library, const FontFiles& files);

// One font of the interface. The fallbacks must outlive it.
class FontStack {
 public:
  // `names`: file names by preference; the first that is there is the font of choice.
  FontStack(const FreeTypeLibrary& library, const FontFiles& files, const std::vector<std::string>& names,
            FallbackFonts& fallbacks);

  // Whether there is no font of choice.
  bool empty() const { return chosen_.empty(); }
  // Null where no font has the code point. Emoji that Unicode shows in colour by default come from the emoji font.
  FontFace* find(char32_t code_point);

 private:
  FontList chosen_;
  FallbackFonts& fallbacks_;
};

// Whether nothing is to be drawn, whatever the fonts have: joiners, variation selectors, direction marks, tags and
// other code points that Unicode calls default ignorable (UAX #44).
bool draws_nothing(char32_t code_point);

}  // namespace attnscope
