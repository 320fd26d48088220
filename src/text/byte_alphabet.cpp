#include "text/byte_alphabet.h"

#include <cstdint>

#include "text/utf8.h"

namespace attnscope {
namespace {

constexpr std::size_t alphabet_end = 0x144;  // the last character is U+0143, for the byte 0xAD

// The byte of each character below alphabet_end; -1 where there is none.
constexpr std::array<std::int16_t, alphabet_end> byte_of_character() {
  std::array<std::int16_t, alphabet_end> bytes{};
  bytes.fill(-1);
  constexpr auto alphabet = byte_alphabet();
  for (std::size_t byte = 0; byte < 256; ++byte) bytes[alphabet[byte]] = static_cast<std::int16_t>(byte);
  return bytes;
}

}  // namespace

std::optional<std::string> bytes_of_word(std::string_view word) {
  static constexpr auto byte_of = byte_of_character();
  std::string bytes;
  bytes.reserve(word.size());
  for (std::size_t at = 0; at < word.size();) {
    const DecodedPart part = decode_utf8(word, at);
    if (!part.valid || part.code_point >= alphabet_end || byte_of[part.code_point] < 0) return std::nullopt;
    bytes += static_cast<char>(byte_of[part.code_point]);
    at += part.length;
  }
  return bytes;
}

std::string word_of_bytes(std::string_view bytes) {
  static constexpr auto alphabet = byte_alphabet();
  std::string word;
  for (const char byte : bytes) append_utf8(alphabet[static_cast<unsigned char>(byte)], word);
  return word;
}

}  // namespace attnscope
