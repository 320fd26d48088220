#include "text/display.h"

#include <utf8proc.h>

#include <string>

#include "text/utf8.h"

namespace attnscope {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

void append_byte(unsigned byte, std::string& out) {
  out += {'\\', 'x', hex_digits[byte >> 4U], hex_digits[byte & 15U]};
}

void append_number(char32_t code_point, std::string& out) {
  if (code_point < 0x80) return append_byte(code_point, out);
  unsigned shift = 20;
  while (shift > 0 && (code_point >> shift) == 0) shift -= 4;
  out += "\\u{";
  for (;; shift -= 4) {
    out += hex_digits[(code_point >> shift) & 15U];
    if (shift == 0) break;
  }
  out += '}';
}

bool is_mark(utf8proc_category_t category) {
  return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME;
}

bool shows(utf8proc_category_t category) {
  return category != UTF8PROC_CATEGORY_CC && category != UTF8PROC_CATEGORY_CF && category != UTF8PROC_CATEGORY_CS &&
         category != UTF8PROC_CATEGORY_CO && category != UTF8PROC_CATEGORY_CN && category != UTF8PROC_CATEGORY_ZL &&
         category != UTF8PROC_CATEGORY_ZP;
}

}  // namespace

std::string escape_for_terminal(std::string_view bytes) {
  std::string out;
  for (std::size_t at = 0; at < bytes.size();) {
    const DecodedPart part = decode_utf8(bytes, at);
    const std::string_view raw = bytes.substr(at, part.length);
    const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(part.code_point));
    if (!part.valid) {
      for (const char byte : raw) append_byte(static_cast<unsigned char>(byte), out);
    } else if (part.code_point == '\n' || part.code_point == '\r' || part.code_point == '\t') {
      out += part.code_point == '\n' ? "\u2424" : part.code_point == '\r' ? "\u240d" : "\u2409";
    } else if (!shows(category)) {
      append_number(part.code_point, out);
    } else {
      if (at == 0 && is_mark(category)) out += "\u25cc";
      out += raw;
    }
    at += part.length;
  }
  return out;
}

std::size_t terminal_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const DecodedPart part = decode_utf8(text, at);
    const int columns = utf8proc_charwidth(static_cast<utf8proc_int32_t>(part.code_point));
    width += static_cast<std::size_t>(columns > 0 ? columns : 0);
    at += part.length;
  }
  return width;
}

}  // namespace attnscope
