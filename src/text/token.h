// One token of a document.
#pragma once
#include <cstdint>

namespace attnscope {

// Bytes [begin, end) of the document; equal for a token without bytes (a begin-of-text token).
struct Token {
  std::int32_t id = 0;
  std::int64_t begin = 0;
  std::int64_t end = 0;
  friend bool operator==(const Token&, const Token&) = default;
};

}  // namespace attnscope
