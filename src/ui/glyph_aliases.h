// Text of any script as Dear ImGui can draw it. ImGui's characters have 16 bits here, so code points beyond U+FFFF go
// by an alias: a private-use code point that the fonts of fonts.h draw as the real one. Texts themselves stay UTF-8 of
// their own; only what is drawn goes through displayed(). Which font has a glyph is left to font_stack.h.
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace attnscope {

// Aliases are given out as code points are first seen and never change, so that glyphs drawn once stay right. There are
// 6,400 (U+E000 to U+F8FF); when all are taken, further code points become U+FFFD. One thread at a time.
class GlyphAliases {
 public:
  // `utf8` as valid UTF-8 of code points up to U+FFFF, on one line. Each maximal part that is not UTF-8 becomes U+FFFD;
  // a line feed U+2424, other control characters their pictures (U+2400 to U+2421) or \u{HH}; a code point beyond
  // U+FFFF or for private use its alias.
  std::string displayed(std::string_view utf8);

  // For text fields and the clipboard: only what ImGui's characters cannot hold goes by aliases, and bytes that are not
  // UTF-8 become U+FFFD; control characters stay. original() is the way back: every alias as its code point.
  std::string editable(std::string_view utf8);
  std::string original(std::string_view editable) const;
  // What ImGui gets for a character that was typed, 0 for nothing: its fields refuse private-use characters from the
  // keyboard, so what goes by an alias is held back for take_held(), and so is all that is typed until that is called.
  char32_t typed(char32_t code_point);
  // What was held back since the last call, as editable(), for the field that is edited.
  std::string take_held();

  // The code point that `displayed` stands for: itself unless it is an alias. U+FFFD for an alias that was not given
  // out.
  char32_t real(char32_t displayed) const;

 private:
  char32_t alias(char32_t code_point);
  char32_t in_16_bits(char32_t code_point);

  std::unordered_map<char32_t, char32_t> aliases_;
  std::vector<char32_t> real_;  // by alias, from U+E000
  std::string held_;
};

}  // namespace attnscope
