#include "attention/reference_scores.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace attnscope::reference {
namespace {

double value(float number) { return number; }

template <float (*to_float)(std::uint16_t)>
struct Half {
  std::uint16_t bits;
};
template <float (*to_float)(std::uint16_t)>
double value(Half<to_float> number) {
  return to_float(number.bits);
}

template <typename Number>
double dot(const void* x, const void* y, std::int64_t count) {
  const auto* a = static_cast<const Number*>(x);
  const auto* b = static_cast<const Number*>(y);
  double sum = 0;
  for (std::int64_t c = 0; c < count; ++c) sum += value(a[c]) * value(b[c]);
  return sum;
}

}  // namespace

double score(const HeadView& head, std::int64_t i, std::int64_t j) {
  const void* q = head.q.row(i);
  const void* k = head.k.row(j);
  double product = 0;
  switch (head.q.dtype) {
    case DType::f32:
      product = dot<float>(q, k, head.q.cols);
      break;
    case DType::f16:
      product = dot<Half<float_from_f16>>(q, k, head.q.cols);
      break;
    case DType::bf16:
      product = dot<Half<float_from_bf16>>(q, k, head.q.cols);
      break;
  }
  double s = static_cast<double>(head.score.scale) * product;
  if (head.score.cap) {
    const double cap = *head.score.cap;
    s = cap * std::tanh(s / cap);
  }
  const std::int64_t p = i + head.mask.offset;
  return s + static_cast<double>(head.score.slope) * static_cast<double>(j - p);
}

std::vector<Cell> visible_cells(const HeadView& head, std::int64_t i, const Job& job) {
  std::vector<Cell> cells;
  for (std::int64_t j = 0; j < head.n_k(); ++j) {
    if (j % 1024 == 0) job.throw_if_stopped();
    if (head.mask.visible(i, j)) cells.push_back({j, score(head, i, j)});
  }
  return cells;
}

double log_sum_exp(const std::vector<Cell>& cells, const Score& score) {
  double largest = -std::numeric_limits<double>::infinity();
  if (score.sink_logit) largest = *score.sink_logit;
  for (const Cell& cell : cells) largest = std::max(largest, cell.score);
  if (std::isinf(largest)) return largest;
  double sum = 0;
  if (score.sink_logit) sum += std::exp(static_cast<double>(*score.sink_logit) - largest);
  for (const Cell& cell : cells) sum += std::exp(cell.score - largest);
  return largest + std::log(sum);
}

double weight(double s, double a, double b) { return std::isfinite(a) ? std::exp(s + a + b) : 0.0; }

void for_each(std::int64_t count, std::int64_t work, const Job& job, const std::function<void(std::int64_t)>& body) {
  constexpr std::int64_t work_of_a_task = 1'000'000;
  const std::int64_t chunk = std::max<std::int64_t>(1, work_of_a_task / std::max<std::int64_t>(1, work));
  const auto tasks = static_cast<std::size_t>((count + chunk - 1) / chunk);
  job.pool.run(tasks, job, [&](std::size_t task, unsigned /*slot*/) {
    const std::int64_t begin = static_cast<std::int64_t>(task) * chunk;
    for (std::int64_t index = begin; index < std::min(count, begin + chunk); ++index) {
      job.throw_if_stopped();
      body(index);
    }
  });
}

}  // namespace attnscope::reference
