#include "capture/synthetic_heads.h"

#include <array>

namespace attnscope {

std::span<const PlantedHead> planted_heads() {
  static constexpr std::array<PlantedHead, 8> heads = {{
      {0, 0, "previous token", "P[i, i-1] > .999 for i >= 1"},
      {0, 1, "needle", "P[n-1-n/8, n/3] > .999; every other query spreads evenly over what it sees"},
      {0, 2, "local", "more than .999 on the last 48 tokens"},
      {0, 3, "sink", "P[i, 0] = 9n / (9n + i), the rest evenly over the other tokens"},
      {1, 0, "block", "more than .999 evenly over the seen tokens of the own block of ceil(n/16)"},
      {1, 1, "broad", "P[i, j] = 1 / (i + 1)"},
      {1, 2, "induction",
       "P[i, i+1-s] > .99 for i >= s = ceil(n/2), the token after the same word before; else P[i, 0] > .96"},
      {1, 3, "duplicate", "P[i, i] and P[i, i-s] > .499 for i > s = ceil(n/2), else P[i, i] > .999"},
  }};
  return heads;
}

}  // namespace attnscope
