// Tokens as they can be drawn: a character that was split over several tokens is drawn once and takes the sum of their
// weights. Layout and glyphs are others' matter.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "text/token.h"

namespace attnscope {

// Tokens [first_token, first_token + tokens) of the document, bytes [begin, end) of its text; begin == end for a token
// without bytes.
struct Unit {
  std::int64_t first_token = 0;
  std::int64_t tokens = 1;
  std::int64_t begin = 0;
  std::int64_t end = 0;
  friend bool operator==(const Unit&, const Unit&) = default;
};

// The tokens of a document, grouped, in its order; every token is in one unit. Neighbours share a unit where the border
// between them lies inside a UTF-8 character, or where their bytes overlap. Tokens without bytes are units of their
// own, and so are those whose bytes are not UTF-8: nothing can be drawn there but the bytes themselves.
std::vector<Unit> display_units(std::string_view text, std::span<const Token> tokens);

// The unit that `token` of the document is in, by its index; the tokens must be those that `units` was made of.
std::size_t unit_of(std::span<const Unit> units, std::int64_t token);

// Sum of a row or column of P over the tokens of a unit; `weights` begins with token `first` of the document. Masked
// ones (NaN) and tokens outside the context count nothing; NaN where all are so.
float unit_weight(const Unit& unit, std::span<const float> weights, std::int64_t first);

}  // namespace attnscope
