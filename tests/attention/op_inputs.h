// What the ops are asked about a head in tests: weightings, chosen queries and keys, rectangles of pixels.
#pragma once
#include <vector>

#include "head_case.h"

namespace attnscope::test {

enum class WeightKind : std::uint8_t { plain, lifted, by_value, free };

// A Weighting with its memory. `a` has an entry for every query of the head.
struct Weights {
  std::vector<float> a, b;
  Weighting view() const { return {a, b}; }
  // The same for some of the queries.
  Weights of(std::span<const std::int64_t> queries) const;
  Weights of(std::int64_t begin, std::int64_t end) const;
};

// plain: P; lifted: times the number of visible keys; by_value: times |v[j]|; free: any a, and a b that hides one key
// in four. `lse` is [n_q].
Weights make_weights(WeightKind kind, const HeadView& head, std::span<const float> lse, Random& random);

// Some of [0, count): none, all, or a few in any order with the first, the last and one of them twice.
std::vector<std::int64_t> choose(std::int64_t count, Random& random);

// A rectangle of a head with n_q and n_k above 0, the whole head in one case of three, and its pixels, in some cases
// more than cells.
MapSpec choose_map(const HeadView& head, Random& random);

}  // namespace attnscope::test
