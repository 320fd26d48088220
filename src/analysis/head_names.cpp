#include "analysis/head_names.h"

#include <numeric>

namespace attnscope {
namespace {

constexpr double most = 0.4;
constexpr double nearly_all = 0.6;
constexpr double near = 0.7;
constexpr double even = 0.8;
constexpr std::int64_t fewest_tokens = 4;
constexpr std::int64_t fewest_for_spread = 64;
constexpr std::ptrdiff_t near_bins = 4;  // distance 0 to 7

std::optional<HeadName> name_spread(const HeadMeans& means) {
  const auto& shares = means.distance_shares;
  const double local = std::accumulate(shares.begin(), shares.begin() + near_bins, 0.0);
  if (local >= near) return HeadName{"local", "looks at the last few tokens", local};
  const double spread = means.mean_log_seen > 0 ? means.mean_entropy / means.mean_log_seen : 0;
  if (spread >= even) return HeadName{"broad", "spreads over the whole text", spread};
  return std::nullopt;
}

}  // namespace

std::optional<HeadName> name_head(const HeadMeans& means) {
  if (means.tokens < fewest_tokens) return std::nullopt;
  if (means.previous >= most) return HeadName{"previous token", "looks at the token just before", means.previous};
  // NaN compares false: a text without repetitions names no induction head.
  if (means.prefix_match >= most) {
    return HeadName{"induction", "looks at what followed the same word earlier", means.prefix_match};
  }
  if (means.self >= most) return HeadName{"itself", "looks at the token itself", means.self};
  if (means.first >= nearly_all) return HeadName{"first token", "mostly rests on the first token", means.first};
  if (means.tokens >= fewest_for_spread) return name_spread(means);
  return std::nullopt;
}

}  // namespace attnscope
