#include "capture/capture_document.h"

#include <utility>

namespace attnscope {
namespace {

std::string range_text(const Token& token) {
  std::string text = "[";
  text += std::to_string(token.begin) + ", " + std::to_string(token.end) + ")";
  return text;
}

// Token number `index` after `last`, in a text of `length` bytes. Tokens without bytes that a tokenizer puts at (0, 0)
// wherever they are stand where the token before them ends, so that bytes never decrease along the tokens.
Token place(const CheckedSafetensors& file, const Token& token, const Token& last, std::int64_t length,
            std::size_t index) {
  const std::string where = "token " + std::to_string(index) + ": bytes " + range_text(token);
  if (token.begin < 0 || token.begin > token.end || token.end > length) {
    file.fail(where + " are no part of the text of " + std::to_string(length) + " bytes");
  }
  if (token.begin == token.end && token.end < last.end) return {token.id, last.end, last.end};
  if (token.begin < last.begin || token.end < last.end) {
    file.fail(where + " come before " + range_text(last) + " of the token before it, they must not");
  }
  return token;
}

void read_tokens(const CheckedSafetensors& file, bool has_text, CaptureInfo& info) {
  const auto ids = file.numbers<std::int32_t>("token_ids", "I32", {CheckedSafetensors::some_length});
  const auto tokens = static_cast<std::int64_t>(ids.size());
  const auto begins = file.numbers<std::int64_t>("begin", "I64", {tokens});
  const auto ends = file.numbers<std::int64_t>("end", "I64", {tokens});
  const auto length = static_cast<std::int64_t>(info.text.size());
  info.tokens.reserve(ids.size());
  Token last;
  for (std::size_t t = 0; t < ids.size(); ++t) {
    // Where there is no text, no token has bytes of it.
    last = has_text ? place(file, {ids[t], begins[t], ends[t]}, last, length, t) : Token{ids[t], 0, 0};
    info.tokens.push_back(last);
  }
}

}  // namespace

void read_document(const CheckedSafetensors& file, CaptureInfo& info) {
  const bool has_text = file.file().find("text") != nullptr;
  if (has_text) {
    const auto bytes = file.file().bytes(file.entry("text", "U8", {CheckedSafetensors::any_length}));
    info.text.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  read_tokens(file, has_text, info);
  const auto tokens = static_cast<std::int64_t>(info.tokens.size());
  info.first = file.whole_metadata("first", 0, tokens);
  if (info.count > tokens - info.first) {
    file.fail("the context of " + std::to_string(info.count) + " tokens from token " + std::to_string(info.first) +
              " (metadata \"first\") must lie within the " + std::to_string(tokens) + " tokens of \"token_ids\"");
  }
}

}  // namespace attnscope
