// The checks of top_k and row_stats: what there is to say about a row of P.
#include <set>

#include "attention/error_bounds.h"
#include "guarded.h"
#include "op_check.h"

namespace attnscope::test {
namespace {

constexpr float untouched = -12345.678F;
constexpr std::int32_t no_key = -99;

std::size_t size(std::int64_t count) { return static_cast<std::size_t>(count); }

// Equal keys have equal scores in any arithmetic, and there are many of them.
bool equal_keys(const HeadView& head, std::int64_t a, std::int64_t b) {
  for (std::int64_t c = 0; c < head.k.cols; ++c) {
    if (head.k.at(a, c) != head.k.at(b, c)) return false;
  }
  return true;
}

// Whether a visible key before `key` equals it, and `taken` lacks that.
bool passes_over(const HeadView& head, std::int64_t query, std::int32_t key, const std::set<std::int32_t>& taken) {
  for (std::int32_t j = 0; j < key; ++j) {
    if (head.mask.visible(query, j) && !taken.contains(j) && equal_keys(head, j, key)) return true;
  }
  return false;
}

}  // namespace

void OpCheck::top_k(const HeadView& head) {
  const std::vector<std::int64_t> queries = choose(head.n_q(), random_);
  const auto k = random_.one_of<std::int64_t>({1, 2, 3, 5, 8, 16, 17, 33, 0, head.n_k(), head.n_k() + 3});
  WeightKind kind{};
  const Weights chosen = weights(head, kind).of(queries);
  std::vector<std::int32_t> true_keys(queries.size() * size(k));
  std::vector<float> true_values(true_keys.size());
  std::vector<float> p(queries.size() * size(head.n_k()));
  Guarded<std::int32_t> keys(true_keys.size(), no_key);
  Guarded<float> values(true_keys.size(), untouched);
  reference_.top_k(head, queries, k, chosen.view(), true_keys, true_values, job());
  reference_.rows(head, queries, chosen.view(), p, job());
  tested_.top_k(head, queries, k, chosen.view(), keys.values(), values.values(), job());
  compare_weights("value", head, values.values(), true_values, chosen.b);
  const bool ties = ties_ && chosen.b.empty();
  const double relative = Tolerance(score_bound(head) + 10).relative;  // + |b|
  for (std::size_t r = 0; r < queries.size(); ++r) {
    top_k_row(head, keys.values().subspan(r * size(k), size(k)), values.values().subspan(r * size(k), size(k)),
              std::span(true_keys).subspan(r * size(k), size(k)), std::span(true_values).subspan(r * size(k), size(k)),
              std::span(p).subspan(r * size(head.n_k()), size(head.n_k())), queries[r], relative, ties);
  }
  expect(keys.margins_intact() && values.margins_intact(), "memory around the results", 0, 0, 0);
}

void OpCheck::top_k_row(const HeadView& head, std::span<const std::int32_t> keys, std::span<const float> values,
                        std::span<const std::int32_t> true_keys, std::span<const float> true_values,
                        std::span<const float> true_row, std::int64_t query, double relative, bool ties) {
  std::set<std::int32_t> seen;
  for (std::size_t t = 0; t < keys.size(); ++t) {
    const auto place = static_cast<std::int64_t>(t);
    if (t > 0) {
      const bool ordered = values[t] < values[t - 1] || (values[t] == values[t - 1] && keys[t] > keys[t - 1]);
      expect(ordered || keys[t] == -1, "order of place", place, values[t], values[t - 1]);
    }
    if (keys[t] == -1) {
      expect(values[t] == 0, "value of no key", place, values[t], 0);
      continue;
    }
    const bool possible = keys[t] >= 0 && keys[t] < head.n_k() && head.mask.visible(query, keys[t]);
    expect(possible && seen.insert(keys[t]).second, "key", place, keys[t], true_keys[t]);
    expect(values[t] > 0, "value of a key", place, values[t], true_values[t]);
    if (!possible) continue;
    if (ties) expect(!passes_over(head, query, keys[t], seen), "key among ties", place, keys[t], true_keys[t]);
    // The key has the value that goes with it, and deserves its place.
    Errors& errors = errors_["p of key"];
    const double p = true_row[size(keys[t])];
    expect(errors.add_weight(values[t], p, relative), "value of a key", place, values[t], p);
    expect(errors.add_weight(p, true_values[t], 2 * relative), "p of the key in place", place, p, true_values[t]);
  }
}

void OpCheck::row_stats(const HeadView& head) {
  const std::vector<float> lse = true_lse(head);
  constexpr std::size_t kinds = 6;
  constexpr const char* names[kinds] = {"entropy", "distance", "self", "previous", "first", "largest"};
  std::vector<std::vector<float>> truth(kinds, std::vector<float>(size(head.n_q())));
  std::vector<std::int32_t> true_keys(size(head.n_q()));
  std::vector<Guarded<float>> got(kinds, Guarded<float>(size(head.n_q()), untouched));
  Guarded<std::int32_t> keys(size(head.n_q()), no_key);
  bool wanted[kinds + 1];
  for (bool& one : wanted) one = random_.below(6) != 0;
  const auto ask = [&](std::size_t kind) { return wanted[kind] ? got[kind].values() : std::span<float>(); };
  reference_.row_stats(head, lse, {truth[0], truth[1], truth[2], truth[3], truth[4], truth[5], true_keys}, job());
  tested_.row_stats(
      head, lse,
      {ask(0), ask(1), ask(2), ask(3), ask(4), ask(5), wanted[kinds] ? keys.values() : std::span<std::int32_t>()},
      job());
  const double e = Tolerance(score_bound(head)).relative;
  for (std::size_t i = 0; wanted[0] && i < truth[0].size(); ++i) {
    const bool right = errors_["entropy"].add(got[0].values()[i], truth[0][i], 1 + std::abs(truth[0][i]), e);
    expect(right, "entropy", static_cast<std::int64_t>(i), got[0].values()[i], truth[0][i]);
  }
  for (std::size_t kind = 1; kind < kinds; ++kind) {
    if (wanted[kind]) compare_weights(names[kind], head, got[kind].values(), truth[kind], {});
  }
  for (const Guarded<float>& one : got) expect(one.margins_intact(), "memory around the results", 0, 0, 0);
  expect(keys.margins_intact(), "memory around the keys", 0, 0, 0);
  if (wanted[kinds]) largest_keys(head, lse, keys.values(), true_keys, truth[5]);
}

void OpCheck::largest_keys(const HeadView& head, std::span<const float> lse, std::span<const std::int32_t> keys,
                           std::span<const std::int32_t> true_keys, std::span<const float> largest) {
  const Weights plain = make_weights(WeightKind::plain, head, lse, random_);
  std::vector<float> row(size(head.n_k()));
  for (std::int64_t i = 0; i < head.n_q(); ++i) {
    const std::int32_t key = keys[size(i)];
    const std::int32_t true_key = true_keys[size(i)];
    const bool none = key == -1 || true_key == -1;
    const bool possible = none ? key == true_key : key >= 0 && key < head.n_k() && head.mask.visible(i, key);
    expect(possible, "largest_key", i, key, true_key);
    if (!possible || none || key == true_key) continue;
    expect(!ties_ || !passes_over(head, i, key, {}), "largest_key among ties", i, key, true_key);
    reference_.rows(head, {&i, 1}, plain.of(i, i + 1).view(), row, job());
    const double relative = 2 * Tolerance(score_bound(head)).relative;
    expect(errors_["largest_key"].add_weight(row[size(key)], largest[size(i)], relative), "p of largest_key", i,
           row[size(key)], largest[size(i)]);
  }
}

}  // namespace attnscope::test
