#include "analysis/display_units.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "text/utf8.h"

namespace attnscope {
namespace {

// Whether a character of the text has bytes on both sides of `border`.
bool splits_character(std::string_view text, std::int64_t border) {
  constexpr std::int64_t longest = 4;
  const std::int64_t size = std::ssize(text);
  if (border <= 0 || border >= size) return false;
  for (std::int64_t at = border - 1; at >= 0 && at > border - longest; --at) {
    const DecodedPart part = decode_utf8(text, static_cast<std::size_t>(at));
    // A byte that continues a character decodes as an invalid part: the character's first byte is further left.
    if (part.valid) return at + static_cast<std::int64_t>(part.length) > border;
  }
  return false;
}

bool belong_together(std::string_view text, const Unit& unit, const Token& next) {
  if (unit.begin == unit.end || next.begin >= next.end) return false;
  return next.begin < unit.end || (next.begin == unit.end && splits_character(text, unit.end));
}

}  // namespace

std::vector<Unit> display_units(std::string_view text, std::span<const Token> tokens) {
  std::vector<Unit> units;
  units.reserve(tokens.size());
  std::int64_t index = 0;
  for (const Token& token : tokens) {
    if (!units.empty() && belong_together(text, units.back(), token)) {
      ++units.back().tokens;
      units.back().end = std::max(units.back().end, token.end);
    } else {
      units.push_back({index, 1, token.begin, token.end});
    }
    ++index;
  }
  return units;
}

std::size_t unit_of(std::span<const Unit> units, std::int64_t token) {
  const auto after = std::upper_bound(units.begin(), units.end(), token,
                                      [](std::int64_t t, const Unit& unit) { return t < unit.first_token; });
  return static_cast<std::size_t>(after - units.begin()) - 1;
}

float unit_weight(const Unit& unit, std::span<const float> weights, std::int64_t first) {
  const std::int64_t begin = std::max<std::int64_t>(unit.first_token - first, 0);
  const std::int64_t end = std::min(unit.first_token + unit.tokens - first, std::ssize(weights));
  bool any = false;
  float sum = 0;
  for (std::int64_t place = begin; place < end; ++place) {
    const float weight = weights[static_cast<std::size_t>(place)];
    if (std::isnan(weight)) continue;
    any = true;
    sum += weight;
  }
  return any ? sum : std::numeric_limits<float>::quiet_NaN();
}

}  // namespace attnscope
