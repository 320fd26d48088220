// The alphabet in which byte-level BPE vocabularies are written: one printable character for each byte.
// Source: bytes_to_unicode() of GPT-2's encoder.py. Bytes that print stay themselves, the others are U+0100 onwards.
#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace attnscope {

constexpr bool byte_prints(unsigned byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

// The character of each byte.
constexpr std::array<char32_t, 256> byte_alphabet() {
  std::array<char32_t, 256> alphabet{};
  char32_t next = 0x100;
  for (unsigned byte = 0; byte < 256; ++byte) alphabet[byte] = byte_prints(byte) ? char32_t{byte} : next++;
  return alphabet;
}

// The bytes that a word of the alphabet stands for; none where it has another character or is not UTF-8.
std::optional<std::string> bytes_of_word(std::string_view word);
// The word that stands for `bytes`.
std::string word_of_bytes(std::string_view bytes);

}  // namespace attnscope
