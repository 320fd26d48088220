// Any bytes: invalid parts and valid ones cover them without gaps, the replaced text is valid, and what goes to a
// terminal holds no control character.
#include <cstdint>
#include <cstdlib>

#include "text/display.h"
#include "text/nfc.h"
#include "text/utf8.h"

namespace attnscope {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_parts(std::string_view bytes, const std::vector<ByteRange>& invalid) {
  std::size_t next = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    const DecodedPart part = decode_utf8(bytes, at);
    require(part.length > 0 && part.length <= bytes.size() - at);
    if (!part.valid) require(next < invalid.size() && invalid[next++] == ByteRange{at, at + part.length});
    at += part.length;
  }
  require(next == invalid.size());
}

void check_offsets(const ReplacedText& text, std::size_t source_size) {
  std::size_t last = 0;
  for (std::size_t at = 0; at < text.text.size(); ++at) {
    const std::size_t begin = text.offsets.begin(at);
    require(begin >= last && begin < text.offsets.end(at + 1));
    last = begin;
  }
  require(text.text.empty() || text.offsets.end(text.text.size()) == source_size);
}

void check(std::string_view bytes) {
  const std::vector<ByteRange> invalid = invalid_utf8(bytes);
  check_parts(bytes, invalid);
  const ReplacedText replaced = replace_invalid_utf8(bytes, invalid);
  require(invalid_utf8(replaced.text).empty());
  check_offsets(replaced, bytes.size());
  if (const auto normal = to_nfc(replaced.text)) {
    check_offsets(*normal, replaced.text.size());
    require(!to_nfc(normal->text).has_value());
  }
  const std::string shown = escape_for_terminal(bytes);
  require(invalid_utf8(shown).empty());
  for (std::size_t at = 0; at < shown.size(); at += decode_utf8(shown, at).length) {
    const char32_t c = decode_utf8(shown, at).code_point;
    require(c >= 0x20 && (c < 0x7F || c > 0x9F));
  }
  terminal_width(shown);
}

}  // namespace
}  // namespace attnscope

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  attnscope::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
