#include "ui/glyph_aliases.h"

#include <algorithm>
#include <utility>

#include "text/utf8.h"

namespace attnscope {
namespace {

constexpr char32_t first_alias = 0xE000, last_alias = 0xF8FF;  // the private-use area of the first plane
constexpr char32_t last_of_16_bits = 0xFFFF;

bool is_private_use(char32_t code_point) { return code_point >= first_alias && code_point <= last_alias; }

bool is_control(char32_t code_point) { return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0); }

void append_control(char32_t control, std::string& out) {
  constexpr char32_t pictures = 0x2400, picture_of_delete = 0x2421, picture_of_newline = 0x2424;
  if (control == '\n') return append_utf8(picture_of_newline, out);
  if (control < 0x20) return append_utf8(pictures + control, out);
  if (control == 0x7F) return append_utf8(picture_of_delete, out);
  constexpr const char* digits = "0123456789abcdef";
  out.append("\\u{").append({digits[control / 16], digits[control % 16]}).append("}");
}

bool is_printable_ascii(char c) { return c >= 0x20 && c < 0x7F; }

}  // namespace

std::string GlyphAliases::displayed(std::string_view utf8) {
  if (std::all_of(utf8.begin(), utf8.end(), is_printable_ascii)) return std::string(utf8);
  std::string out;
  out.reserve(utf8.size() + 8);
  for (std::size_t at = 0; at < utf8.size();) {
    const DecodedPart part = decode_utf8(utf8, at);
    at += part.length;
    if (!part.valid) {
      append_utf8(replacement_character, out);
    } else if (is_control(part.code_point)) {
      append_control(part.code_point, out);
    } else if (part.code_point > last_of_16_bits || is_private_use(part.code_point)) {
      append_utf8(alias(part.code_point), out);
    } else {
      append_utf8(part.code_point, out);
    }
  }
  return out;
}

std::string GlyphAliases::editable(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size() + 8);
  for (std::size_t at = 0; at < utf8.size();) {
    const DecodedPart part = decode_utf8(utf8, at);
    at += part.length;
    append_utf8(part.valid ? in_16_bits(part.code_point) : replacement_character, out);
  }
  return out;
}

std::string GlyphAliases::original(std::string_view editable) const {
  std::string out;
  out.reserve(editable.size() + 8);
  for (std::size_t at = 0; at < editable.size();) {
    const DecodedPart part = decode_utf8(editable, at);
    at += part.length;
    append_utf8(part.valid ? real(part.code_point) : replacement_character, out);
  }
  return out;
}

char32_t GlyphAliases::typed(char32_t code_point) {
  const char32_t character = in_16_bits(code_point);
  if (held_.empty() && !is_private_use(character)) return character;
  append_utf8(character, held_);
  return 0;
}

std::string GlyphAliases::take_held() { return std::exchange(held_, {}); }

char32_t GlyphAliases::in_16_bits(char32_t code_point) {
  return code_point > last_of_16_bits || is_private_use(code_point) ? alias(code_point) : code_point;
}

char32_t GlyphAliases::alias(char32_t code_point) {
  if (const auto found = aliases_.find(code_point); found != aliases_.end()) return found->second;
  const auto next = first_alias + static_cast<char32_t>(real_.size());
  if (next > last_alias) return replacement_character;
  real_.push_back(code_point);
  return aliases_.emplace(code_point, next).first->second;
}

char32_t GlyphAliases::real(char32_t displayed) const {
  if (!is_private_use(displayed)) return displayed;
  const std::size_t index = displayed - first_alias;
  return index < real_.size() ? real_[index] : replacement_character;
}

}  // namespace attnscope
