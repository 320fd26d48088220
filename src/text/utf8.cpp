#include "text/utf8.h"

#include <cstdint>
#include <cstring>

namespace attnscope {
namespace {

// What the first byte of a well-formed sequence says: its length and the range of the second byte (Unicode, table 3-7).
struct Lead {
  std::size_t length;
  unsigned low, high;
};

constexpr Lead lead_of(unsigned byte) {
  if (byte >= 0xC2 && byte <= 0xDF) return {2, 0x80, 0xBF};
  if (byte >= 0xE0 && byte <= 0xEF) return {3, byte == 0xE0 ? 0xA0U : 0x80U, byte == 0xED ? 0x9FU : 0xBFU};
  if (byte >= 0xF0 && byte <= 0xF4) return {4, byte == 0xF0 ? 0x90U : 0x80U, byte == 0xF4 ? 0x8FU : 0xBFU};
  return {0, 0, 0};
}

// The first byte from `at` that is not ASCII, or the text's size.
std::size_t skip_ascii(std::string_view text, std::size_t at) {
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    if ((word & 0x8080808080808080U) != 0) break;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

}  // namespace

DecodedPart decode_utf8(std::string_view text, std::size_t at) {
  const unsigned first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) return {first, 1, true};
  const Lead lead = lead_of(first);
  if (lead.length == 0) return {};
  char32_t code_point = first & (0x7FU >> lead.length);
  for (std::size_t i = 1; i < lead.length; ++i) {
    const unsigned low = i == 1 ? lead.low : 0x80U;
    const unsigned high = i == 1 ? lead.high : 0xBFU;
    const unsigned byte = at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    if (byte < low || byte > high) return {replacement_character, i, false};
    code_point = (code_point << 6U) | (byte & 0x3FU);
  }
  return {code_point, lead.length, true};
}

std::vector<ByteRange> invalid_utf8(std::string_view text) {
  std::vector<ByteRange> ranges;
  for (std::size_t at = skip_ascii(text, 0); at < text.size();) {
    const DecodedPart part = decode_utf8(text, at);
    if (!part.valid) ranges.push_back({at, at + part.length});
    at += part.length;
    if (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) at = skip_ascii(text, at);
  }
  return ranges;
}

void append_utf8(char32_t code_point, std::string& out) {
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80U | ((code_point >> shift) & 0x3FU)); };
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xC0U | (code_point >> 6U));
    tail(0);
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xE0U | (code_point >> 12U));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0U | (code_point >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

ReplacedText replace_invalid_utf8(std::string_view raw, const std::vector<ByteRange>& invalid) {
  ReplacedText replaced;
  replaced.text.reserve(raw.size() + 2 * invalid.size());
  std::size_t done = 0;
  for (const ByteRange& range : invalid) {
    replaced.text.append(raw, done, range.begin - done);
    const std::size_t begin = replaced.text.size();
    append_utf8(replacement_character, replaced.text);
    replaced.offsets.add(begin, replaced.text.size(), range.begin, range.end);
    done = range.end;
  }
  replaced.text.append(raw, done);
  return replaced;
}

}  // namespace attnscope
