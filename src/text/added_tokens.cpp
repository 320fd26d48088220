#include "text/added_tokens.h"

#include <utf8proc.h>

#include <algorithm>
#include <utility>

#include "text/utf8.h"

namespace attnscope {
namespace {

bool is_white_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

// Letters, marks, decimal and letter numbers, connecting punctuation, joiners: Unicode's \w (UTS 18, annex C).
bool is_word_character(char32_t c) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_PC:
      return true;
    default:
      return c == 0x200C || c == 0x200D || (c >= 0x24B6 && c <= 0x24E9);
  }
}

// Where the character begins that ends at byte `end` > 0 of valid UTF-8.
std::size_t character_before(std::string_view text, std::size_t end) {
  do {
    --end;
  } while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80);
  return end;
}

bool stands_alone(std::string_view text, std::size_t begin, std::size_t end) {
  if (begin > 0 && is_word_character(decode_utf8(text, character_before(text, begin)).code_point)) return false;
  return end == text.size() || !is_word_character(decode_utf8(text, end).code_point);
}

std::size_t white_space_begin(std::string_view text, std::size_t end, std::size_t limit) {
  while (end > limit) {
    const std::size_t begin = character_before(text, end);
    if (!is_white_space(decode_utf8(text, begin).code_point)) break;
    end = begin;
  }
  return std::max(end, limit);
}

std::size_t white_space_end(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const DecodedPart part = decode_utf8(text, at);
    if (!is_white_space(part.code_point)) break;
    at += part.length;
  }
  return at;
}

}  // namespace

AddedTokenFinder::AddedTokenFinder(std::vector<AddedToken> tokens) : tokens_(std::move(tokens)) {
  tokens_.erase(std::remove_if(tokens_.begin(), tokens_.end(), [](const AddedToken& t) { return t.content.empty(); }),
                tokens_.end());
  std::stable_sort(tokens_.begin(), tokens_.end(),
                   [](const AddedToken& a, const AddedToken& b) { return a.content < b.content; });
  for (const AddedToken& token : tokens_) first_bytes_[static_cast<unsigned char>(token.content[0])] = true;
}

// Narrows the sorted tokens by one byte of the text after another; the last that ends on the way is the longest.
const AddedToken* AddedTokenFinder::longest_at(std::string_view text, std::size_t at) const {
  const AddedToken* longest = nullptr;
  auto low = tokens_.begin();
  auto high = tokens_.end();
  for (std::size_t depth = 0; low != high && at + depth < text.size(); ++depth) {
    const auto byte = static_cast<unsigned char>(text[at + depth]);
    const auto byte_of = [depth](const AddedToken& token) {
      return depth < token.content.size() ? static_cast<int>(static_cast<unsigned char>(token.content[depth])) : -1;
    };
    low = std::lower_bound(low, high, byte, [&](const AddedToken& token, int value) { return byte_of(token) < value; });
    high =
        std::upper_bound(low, high, byte, [&](int value, const AddedToken& token) { return value < byte_of(token); });
    if (low != high && low->content.size() == depth + 1) longest = &*low;
  }
  return longest;
}

std::vector<AddedTokenMatch> AddedTokenFinder::find(std::string_view text, bool with_special) const {
  std::vector<AddedTokenMatch> matches;
  std::size_t done = 0;
  for (std::size_t at = 0; at < text.size();) {
    const AddedToken* const token = first_bytes_[static_cast<unsigned char>(text[at])] ? longest_at(text, at) : nullptr;
    if (token == nullptr) {
      ++at;
      continue;
    }
    std::size_t begin = at;
    std::size_t end = at + token->content.size();
    at = end;
    if (token->special && !with_special) continue;
    if (token->single_word && !stands_alone(text, begin, end)) continue;
    if (token->lstrip) begin = white_space_begin(text, begin, done);
    if (token->rstrip) end = white_space_end(text, end);
    if (end <= done) continue;
    matches.push_back({std::max(begin, done), end, token->id});
    done = end;
  }
  return matches;
}

}  // namespace attnscope
