// What a head does: statistics of all rows, and closer looks at a few of them.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/compute.h"

namespace attnscope {
namespace {

constexpr std::int64_t most_samples = 64;

double mean_of(const std::vector<float>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::int64_t keys_seen(const Mask& mask, std::int64_t query, std::int64_t n) {
  const KeyRange range = mask.visible_range(query, n);
  if (mask.bitmap.bits == nullptr) {
    // The window, and the sinks that lie before or behind it.
    Mask unwindowed = mask;
    unwindowed.left = unwindowed.right = Mask::unlimited;
    const std::int64_t sinks = std::min(mask.sinks, unwindowed.visible_range(query, n).end);
    const std::int64_t both = std::max<std::int64_t>(0, std::min(sinks, range.end) - range.begin);
    return range.end - range.begin + sinks - both;
  }
  std::int64_t seen = 0;
  for (std::int64_t key = 0; key < n; ++key) seen += mask.visible(query, key) ? 1 : 0;
  return seen;
}

// Mean of ln(keys seen), queries that see nothing as 0.
double mean_log_seen(const HeadView& view) {
  double sum = 0;
  for (std::int64_t query = 0; query < view.n_q(); ++query) {
    sum += std::log(static_cast<double>(std::max<std::int64_t>(1, keys_seen(view.mask, query, view.n_k()))));
  }
  return sum / static_cast<double>(view.n_q());
}

// For every query, the place of the occurrence of its own token before it, or -1.
std::vector<std::int64_t> earlier_occurrences(std::span<const std::int32_t> tokens) {
  std::vector<std::int64_t> earlier;
  earlier.reserve(tokens.size());
  std::unordered_map<std::int32_t, std::int64_t> last;
  for (const std::int32_t token : tokens) {
    const auto place = std::ssize(earlier);
    const auto [at, is_new] = last.try_emplace(token, place);
    earlier.push_back(is_new ? -1 : std::exchange(at->second, place));
  }
  return earlier;
}

// The keys right after earlier occurrences of the query's token, before the query itself.
std::vector<std::int64_t> followers(const std::vector<std::int64_t>& earlier, std::int64_t query) {
  std::vector<std::int64_t> keys;
  for (std::int64_t at = earlier[static_cast<std::size_t>(query)]; at >= 0;
       at = earlier[static_cast<std::size_t>(at)]) {
    if (at + 1 < query) keys.push_back(at + 1);
  }
  return keys;
}

// Up to most_samples of `places`, spread evenly.
std::vector<std::int64_t> spread(const std::vector<std::int64_t>& places) {
  const std::int64_t count = std::min(most_samples, std::ssize(places));
  std::vector<std::int64_t> chosen;
  for (std::int64_t t = 0; t < count; ++t)
    chosen.push_back(places[static_cast<std::size_t>(t * std::ssize(places) / count)]);
  return chosen;
}

void add_distances(std::span<const float> row, std::int64_t position, std::array<double, 8>& sums) {
  std::int64_t key = 0;
  for (const float weight : row) {
    const auto distance = static_cast<std::uint64_t>(std::abs(position - key++));
    if (!std::isnan(weight)) sums.at(std::min<std::size_t>(std::bit_width(distance), 7)) += weight;
  }
}

// Sets prefix_match and distance_shares from the rows of a few queries.
void look_closer(HeadReader& reader, std::span<const std::int32_t> tokens, HeadMeans& means) {
  const std::int64_t n = reader.tokens();
  const std::vector<std::int64_t> earlier = std::ssize(tokens) == n
                                                ? earlier_occurrences(tokens)
                                                : std::vector<std::int64_t>(static_cast<std::size_t>(n), -1);
  std::vector<std::int64_t> candidates;
  for (std::int64_t query = 0; query < n; ++query) {
    // The last earlier occurrence may be right before the query; any other is further away.
    const std::int64_t at = earlier[static_cast<std::size_t>(query)];
    if (at >= 0 && (at + 1 < query || earlier[static_cast<std::size_t>(at)] >= 0)) candidates.push_back(query);
  }
  const bool repeats = !candidates.empty();
  if (!repeats) {
    candidates.resize(static_cast<std::size_t>(n));
    std::iota(candidates.begin(), candidates.end(), 0);
  }
  const std::vector<std::int64_t> queries = spread(candidates);
  double match = 0;
  std::array<double, 8> sums{};
  for (const std::int64_t query : queries) {
    const std::vector<float> row = reader.rows({&query, 1});
    for (const std::int64_t key : followers(earlier, query)) {
      const float weight = row[static_cast<std::size_t>(key)];
      if (!std::isnan(weight)) match += weight;
    }
    add_distances(row, query + reader.view().mask.offset, sums);
  }
  const auto count = static_cast<double>(queries.size());
  means.prefix_match = repeats ? match / count : std::numeric_limits<double>::quiet_NaN();
  std::transform(sums.begin(), sums.end(), means.distance_shares.begin(),
                 [count](double sum) { return static_cast<float>(sum / count); });
}

}  // namespace

Profile compute(const ProfileRequest& request, const ComputeContext& context) {
  HeadReader reader = context.reader(request.head.head);
  Profile profile;
  HeadStats stats = reader.stats();
  profile.tokens = reader.tokens();
  profile.mean_entropy = mean_of(stats.entropy);
  profile.mean_distance = mean_of(stats.distance);
  profile.self = mean_of(stats.self);
  profile.previous = mean_of(stats.previous);
  profile.first = mean_of(stats.first);
  profile.mean_log_seen = mean_log_seen(reader.view());
  profile.entropy = std::move(stats.entropy);
  profile.mass = reader.mass();
  look_closer(reader, context.tokens, profile);
  return profile;
}

}  // namespace attnscope
