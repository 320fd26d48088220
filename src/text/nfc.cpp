#include "text/nfc.h"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>

#include "core/error.h"

namespace attnscope {
namespace {

// Whether nothing before this character can change with it: marks combine with what is before them, and so do the
// vowels and final consonants of Hangul.
bool begins_stretch(char32_t c) {
  if (c < 0x300) return true;
  const utf8proc_property_t* const property = utf8proc_get_property(static_cast<utf8proc_int32_t>(c));
  const bool mark = property->category == UTF8PROC_CATEGORY_MN || property->category == UTF8PROC_CATEGORY_MC ||
                    property->category == UTF8PROC_CATEGORY_ME;
  const bool hangul = (c >= 0x1160 && c <= 0x11FF) || (c >= 0xD7B0 && c <= 0xD7FF);
  return !mark && !hangul && property->combining_class == 0;
}

// The end of the stretch that begins at `begin`.
std::size_t stretch_end(std::string_view text, std::size_t begin) {
  std::size_t at = begin + decode_utf8(text, begin).length;
  while (at < text.size()) {
    const DecodedPart part = decode_utf8(text, at);
    if (begins_stretch(part.code_point)) break;
    at += part.length;
  }
  return at;
}

std::string nfc_of(std::string_view text) {
  utf8proc_uint8_t* mapped = nullptr;
  const auto length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                   &mapped, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, std::free);
  if (length < 0) throw Error(std::string("normalising a text failed: ") + utf8proc_errmsg(length));
  return {reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length)};
}

}  // namespace

std::optional<ReplacedText> to_nfc(std::string_view text) {
  ReplacedText result;
  std::size_t done = 0;  // of `text`, copied to the result
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80 &&
        (at + 1 == text.size() || static_cast<unsigned char>(text[at + 1]) < 0x80)) {
      ++at;
      continue;
    }
    const std::size_t end = stretch_end(text, at);
    const std::string_view stretch = text.substr(at, end - at);
    const std::string normal = nfc_of(stretch);
    if (normal != stretch) {
      result.text.append(text, done, at - done);
      const std::size_t begin = result.text.size();
      result.text += normal;
      result.offsets.add(begin, result.text.size(), at, end);
      done = end;
    }
    at = end;
  }
  if (result.offsets.identity()) return std::nullopt;
  result.text.append(text, done);
  return result;
}

}  // namespace attnscope
