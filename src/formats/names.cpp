#include "formats/names.h"

#include <cstddef>
#include <cstdint>

namespace attnscope {
namespace {

std::uint8_t byte_at(std::string_view bytes, std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); }

// Length of the well-formed sequence at the start of `bytes`, 0 where there is none (Unicode 15, table 3-7).
std::size_t sequence_length(std::string_view bytes) {
  const std::uint8_t lead = byte_at(bytes, 0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length == 0 || bytes.size() < length) return 0;
  const std::uint8_t lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const std::uint8_t highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (byte_at(bytes, 1) < lowest || byte_at(bytes, 1) > highest) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((byte_at(bytes, i) & 0xc0U) != 0x80) return 0;
  }
  return length;
}

void append_escaped(std::string& out, std::uint8_t byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += "\\x";
  out += digits[byte >> 4U];
  out += digits[byte & 15U];
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = sequence_length(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

std::string in_quotes(std::string_view bytes) {
  constexpr std::size_t most = 60;
  const std::size_t whole = bytes.size();
  std::string out = "\"";
  std::size_t taken = 0;
  while (taken < whole && taken < most) {
    const std::size_t length = sequence_length(bytes.substr(taken));
    const std::uint8_t lead = byte_at(bytes, taken);
    if (length == 0 || lead < 0x20 || lead == 0x7f) {
      append_escaped(out, lead);
      ++taken;
    } else {
      out += bytes.substr(taken, length);
      taken += length;
    }
  }
  out += '"';
  if (taken < whole) out += "... (" + std::to_string(whole) + " bytes)";
  return out;
}

}  // namespace attnscope
