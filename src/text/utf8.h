// UTF-8 read from bytes that may be anything: decoding, where it is not valid, and the replacement of what is not.
// How a text is shown is display.h's matter.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "text/offset_map.h"

namespace attnscope {

inline constexpr char32_t replacement_character = 0xFFFD;

// One code point, or one maximal invalid part.
struct DecodedPart {
  char32_t code_point = replacement_character;
  std::size_t length = 1;  // bytes, 1 to 4; 1 to 3 where not valid
  bool valid = false;
};

// The part of `text` that begins at byte `at` < text.size(). An invalid part is the longest beginning of a well-formed
// sequence, or one byte ("maximal subpart", Unicode 15 section 3.9, table 3-8), as Python's errors="replace" cuts it.
DecodedPart decode_utf8(std::string_view text, std::size_t at);

// Bytes [begin, end) of each maximal invalid part, in order.
struct ByteRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};
std::vector<ByteRange> invalid_utf8(std::string_view text);

void append_utf8(char32_t code_point, std::string& out);

// Valid UTF-8: `raw` with one U+FFFD for each maximal invalid part, and the way back to the bytes of `raw`.
struct ReplacedText {
  std::string text;
  OffsetMap offsets;
};
ReplacedText replace_invalid_utf8(std::string_view raw, const std::vector<ByteRange>& invalid);

}  // namespace attnscope
