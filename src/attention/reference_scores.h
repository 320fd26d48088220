// Scores and weights of one query in float64, straight from the formulas of ops.h: the building blocks of the
// reference. Plain loops on purpose; nothing here is shared with another backend but the mask's `visible`.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "attention/ops.h"

namespace attnscope::reference {

// One visible key of a query.
struct Cell {
  std::int64_t key = 0;
  double score = 0;
};

template <typename T>
T& at(std::span<T> values, std::int64_t index) {
  return values[static_cast<std::size_t>(index)];
}

// s[i,j] without the mask.
double score(const HeadView& head, std::int64_t i, std::int64_t j);

// The visible keys of query i with their scores, by key. Throws Stopped where the job was stopped.
std::vector<Cell> visible_cells(const HeadView& head, std::int64_t i, const Job& job);

// lse of one query; -inf where nothing is visible and the head has no sink logit.
double log_sum_exp(const std::vector<Cell>& cells, const Score& score);

// exp(s + a + b) as Weighting defines it: 0 where a is not finite.
double weight(double s, double a, double b);

// b of key j; 0 where there is none.
inline double bias(const Weighting& weighting, std::int64_t j) {
  return weighting.b.empty() ? 0.0 : static_cast<double>(at(weighting.b, j));
}

// About how many multiplications `cells` scores and exponentials cost.
inline std::int64_t work_of(const HeadView& head, std::int64_t cells) { return cells * (head.q.cols + 16); }

// Runs body(index) for each index in [0, count) on the pool, so many to a task that it lasts a millisecond or two
// where one index costs `work` multiplications.
void for_each(std::int64_t count, std::int64_t work, const Job& job, const std::function<void(std::int64_t)>& body);

}  // namespace attnscope::reference
