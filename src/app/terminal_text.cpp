#include "app/terminal_text.h"

#include <spdlog/fmt/fmt.h>
#include <utf8proc.h>

#include "text/utf8.h"

namespace attnscope {
namespace {

std::size_t width_of(char32_t code_point) {
  return static_cast<std::size_t>(utf8proc_charwidth(static_cast<utf8proc_int32_t>(code_point)));
}

bool is_visible(char32_t code_point) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code_point))) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return false;
    default:
      return true;
  }
}

// One part of a text, but for what quotes ask for.
std::string shown(std::string_view part, const DecodedPart& decoded) {
  if (!decoded.valid) {
    std::string escaped;
    for (const unsigned char byte : part) escaped += fmt::format("\\x{:02x}", byte);
    return escaped;
  }
  switch (decoded.code_point) {
    case U'\n':
      return "\\n";
    case U'\r':
      return "\\r";
    case U'\t':
      return "\\t";
    default:
      break;
  }
  if (is_visible(decoded.code_point)) return std::string(part);
  const auto number = static_cast<std::uint32_t>(decoded.code_point);
  return number < 0x80 ? fmt::format("\\x{:02x}", number) : fmt::format("\\u{{{:x}}}", number);
}

}  // namespace

std::string quoted_line(std::string_view bytes, std::size_t columns) {
  std::string line = "\"";
  std::size_t used = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    const DecodedPart decoded = decode_utf8(bytes, at);
    const std::string_view part = bytes.substr(at, decoded.length);
    const bool quoting = part == "\\" || part == "\"";
    const std::string text = quoting ? "\\" + std::string(part) : shown(part, decoded);
    at += decoded.length;
    const std::size_t ellipsis = at < bytes.size() ? 1 : 0;  // room for it, unless this is the last part
    if (used + columns_of(text) + ellipsis > columns) return line + "…\"";
    line += text;
    used += columns_of(text);
  }
  return line + "\"";
}

std::string escaped_line(std::string_view bytes) {
  std::string line;
  for (std::size_t at = 0; at < bytes.size();) {
    const DecodedPart decoded = decode_utf8(bytes, at);
    line += shown(bytes.substr(at, decoded.length), decoded);
    at += decoded.length;
  }
  return line;
}

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    const DecodedPart decoded = decode_utf8(text, at);
    columns += width_of(decoded.code_point);
    at += decoded.length;
  }
  return columns;
}

}  // namespace attnscope
