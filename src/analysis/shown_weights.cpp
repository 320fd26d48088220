#include "analysis/shown_weights.h"

#include <algorithm>
#include <cmath>

namespace attnscope {
namespace {

double value(std::span<const float> weights, std::size_t place) {
  return std::isnan(weights[place]) ? 0.0 : static_cast<double>(weights[place]);
}

// Up to `limit` places from `begin` on with a weight above 0, the strongest first.
std::vector<std::int64_t> strongest(std::span<const float> weights, std::size_t begin, std::int64_t limit) {
  std::vector<std::int64_t> places;
  for (std::size_t place = begin; place < weights.size(); ++place) {
    if (value(weights, place) > 0) places.push_back(static_cast<std::int64_t>(place));
  }
  const auto count = std::clamp<std::ptrdiff_t>(limit, 0, std::ssize(places));
  std::partial_sort(places.begin(), places.begin() + count, places.end(), [&](std::int64_t a, std::int64_t b) {
    const float weight_a = weights[static_cast<std::size_t>(a)];
    const float weight_b = weights[static_cast<std::size_t>(b)];
    return weight_a != weight_b ? weight_a > weight_b : a < b;
  });
  places.resize(static_cast<std::size_t>(count));
  return places;
}

}  // namespace

ShownWeights choose_shown(std::span<const float> weights, const ShowRule& rule) {
  ShownWeights chosen;
  double total = 0;
  for (std::size_t place = 0; place < weights.size(); ++place) {
    const double weight = value(weights, place);
    total += weight;
    if (place > 0 || !rule.first_apart) chosen.strongest_other = std::max(chosen.strongest_other, weight);
  }
  if (rule.first_apart && !weights.empty()) chosen.ledger.first_token = value(weights, 0);

  const bool hidden = rule.first_apart && rule.hide_first;
  const double wanted = rule.share * (hidden ? total - chosen.ledger.first_token : total);
  double reached = 0;
  for (const std::int64_t place : strongest(weights, hidden ? 1 : 0, rule.limit)) {
    if (reached >= wanted) break;
    const double weight = value(weights, static_cast<std::size_t>(place));
    reached += weight;
    if (place > 0 || !rule.first_apart) chosen.ledger.shown += weight;
    chosen.places.push_back(place);
  }
  // Rounding may leave a little less than nothing.
  chosen.ledger.rest = std::max(0.0, total - chosen.ledger.first_token - chosen.ledger.shown);
  return chosen;
}

}  // namespace attnscope
