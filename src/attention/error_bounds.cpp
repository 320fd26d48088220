#include "attention/error_bounds.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace attnscope {
namespace {

double longest_row(const MatrixView& matrix) {
  double longest = 0;
  for (std::int64_t r = 0; r < matrix.rows; ++r) {
    double squares = 0;
    for (std::int64_t c = 0; c < matrix.cols; ++c) squares += matrix.at(r, c) * matrix.at(r, c);
    longest = std::max(longest, squares);
  }
  return std::sqrt(longest);
}

}  // namespace

double score_bound(const HeadView& head) {
  if (head.n_q() == 0 || head.n_k() == 0) return 0;
  const std::int64_t first = head.mask.offset;
  const std::int64_t last = first + head.n_q() - 1;
  const std::int64_t farthest =
      std::max({std::abs(first), std::abs(last), std::abs(head.n_k() - 1 - first), std::abs(head.n_k() - 1 - last)});
  return std::abs(head.score.scale) * longest_row(head.q) * longest_row(head.k) +
         std::abs(head.score.slope) * static_cast<double>(farthest);
}

double largest_value(const HeadView& head) {
  double largest = 0;
  for (std::int64_t j = 0; j < head.n_k(); ++j) {
    for (std::int64_t c = 0; c < head.v.cols; ++c) largest = std::max(largest, std::abs(head.v.at(j, c)));
  }
  return largest;
}

}  // namespace attnscope
