#include "attention_bench/check.h"

#include <algorithm>
#include <cmath>

#include "attention/error_bounds.h"
#include "attention/select.h"

namespace attnscope::bench {
namespace {

constexpr std::int64_t checked_heads = 4;
constexpr std::int64_t checked_queries = 16;

double limit_of_o(DType dtype, double bound) {
  if (dtype == DType::f16) return 0x1p-10;
  if (dtype == DType::bf16) return 0x1p-7;
  return 5e-6 * std::max(1.0, bound / 32);
}

}  // namespace

std::vector<std::int64_t> spread_over(std::int64_t n, std::int64_t count) {
  std::vector<std::int64_t> places;
  count = std::min(n, count);
  for (std::int64_t i = 0; i < count; ++i) places.push_back(count == 1 ? 0 : i * (n - 1) / (count - 1));
  return places;
}

Check Errors::check() const {
  return {right_ && count_ > 0, max_, count_ == 0 ? 0 : std::sqrt(squares_ / static_cast<double>(count_))};
}

Check check_forward(const BenchCase& which, bool with_lse) {
  const std::unique_ptr<Backend> reference = make_reference_backend();
  Pool pool(1);
  Errors errors, lse_errors;
  for (const std::int64_t h : spread_over(which.shape().heads, checked_heads)) {
    const HeadView& head = which.heads()[static_cast<std::size_t>(h)];
    const ForwardResult& result = which.results()[static_cast<std::size_t>(h)];
    const double unit = largest_value(head);
    const double bound = score_bound(head);
    std::vector<float> o(static_cast<std::size_t>(head.v.cols));
    for (const std::int64_t i : spread_over(head.n_q(), checked_queries)) {
      float lse = 0;
      const HeadView row = head.slice_queries(i, 1);
      const ForwardResult truth{o.data(), head.v.cols, &lse};
      reference->forward({&row, 1}, {&truth, 1}, {pool});
      for (std::int64_t c = 0; c < head.v.cols; ++c) {
        const double got = result.o[i * result.o_stride + c];
        errors.add(std::abs(got - o[static_cast<std::size_t>(c)]) / unit, limit_of_o(head.q.dtype, bound));
      }
      if (with_lse) lse_errors.add(std::abs(result.lse[i] - lse), 1e-6 * (1 + bound));
    }
  }
  Check check = errors.check();
  if (with_lse) check.right = check.right && lse_errors.check().right;
  return check;
}

}  // namespace attnscope::bench
