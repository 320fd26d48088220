// What a head does, in words, where its numbers leave no doubt. The numbers are averages over the queries of one text:
// a name is about this text, not about the head for ever.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace attnscope {

struct HeadMeans {
  std::int64_t tokens = 0;  // n
  // Means over all queries, of the columns of RowStats.
  double mean_entropy = 0, mean_distance = 0, self = 0, previous = 0, first = 0;
  double mean_log_seen = 0;  // mean of ln(keys that the query sees): the entropy of a head that spreads evenly
  // Mean mass on the tokens that followed earlier occurrences of the query's own token (the prefix-matching score of
  // Olsson et al. 2022, "In-context Learning and Induction Heads"); the query itself is not among them. Over up to 64
  // queries that have such tokens, spread evenly. NaN where no query has.
  double prefix_match = 0;
  // [8] mean mass at distance 0, 1, 2-3, 4-7, 8-15, 16-31, 32-63, 64 and more, of the same queries, or of up to 64
  // spread evenly where none has such tokens.
  std::array<float, 8> distance_shares{};
};

struct HeadName {
  std::string_view name;      // "induction"
  std::string_view sentence;  // what the head does, to follow on "it": "looks at what followed the same word earlier"
  double share = 0;           // the number that the name rests on
};

// Thresholds. Each name says where most of the mass that can carry content goes; the first that holds is given:
//   previous token  previous >= .4: on average one token gets it, where an even spread gives each 1 / n
//   induction       prefix_match >= .4: the same, for tokens that even many occurrences leave few
//   itself          self >= .4
//   first token     first >= .6: most heads rest on the first token while they have nothing to do (sinks, Xiao et al.
//                   2023), so this is said only where little is left for anything else
//   local           mass within 7 tokens >= .7: in a text of 64 tokens or more an even spread gives less than .4
//   broad           mean entropy >= .8 of mean_log_seen: close to an even spread
// local and broad need 64 tokens: shorter texts make every head local and broad. None where nothing of this holds, and
// for fewer than 4 tokens, where every head looks at the previous one.
std::optional<HeadName> name_head(const HeadMeans& means);

}  // namespace attnscope
