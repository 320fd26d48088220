// Which weights of a row or column of P are worth drawing, and the ledger that says what was left out. Weights are as
// requests give them: one for each token of the context, NaN where masked.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace attnscope {

struct ShowRule {
  double share = 0.7;         // stop once this much of the mass is shown
  std::int64_t limit = 1000;  // of places shown
  // The first token is a sink in most rows: entry 0 counts apart in the ledger. Not so in a column, where entry 0 is a
  // query like any other.
  bool first_apart = true;
  // Does not show entry 0, and takes the share of the mass outside of it; needs first_apart.
  bool hide_first = false;
};

// Parts of the sum of all weights that are not NaN: they add up to it.
struct Ledger {
  double shown = 0;        // on the places shown; without entry 0 where that counts apart
  double first_token = 0;  // weight of entry 0 where it counts apart, shown or not; else 0
  double rest = 0;

  double total() const { return shown + first_token + rest; }
};

struct ShownWeights {
  std::vector<std::int64_t> places;  // the strongest first, of equal ones the lower; never a weight of 0
  Ledger ledger;
  // The largest weight outside entry 0 (outside nothing where that does not count apart): what full brightness means in
  // the text. 0 where there is none.
  double strongest_other = 0;
};

// Takes the strongest places until their weights reach `share` of the mass, at most `limit` of them; O(n log limit).
ShownWeights choose_shown(std::span<const float> weights, const ShowRule& rule);

}  // namespace attnscope
