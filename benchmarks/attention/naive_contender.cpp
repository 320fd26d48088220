#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "attention_bench/contender.h"

namespace attnscope::bench {
namespace {

// The row of query i; `scores` is scratch for n_k floats.
void forward_row(const HeadView& head, const ForwardResult& result, std::int64_t i, std::vector<float>& scores) {
  float largest = -std::numeric_limits<float>::infinity();
  for (std::int64_t j = 0; j < head.n_k(); ++j) {
    scores[static_cast<std::size_t>(j)] = -std::numeric_limits<float>::infinity();
    if (!head.mask.visible(i, j)) continue;
    float dot = 0;
    for (std::int64_t c = 0; c < head.q.cols; ++c) dot += head.q.row_f32(i)[c] * head.k.row_f32(j)[c];
    scores[static_cast<std::size_t>(j)] = dot * head.score.scale;
    largest = std::max(largest, dot * head.score.scale);
  }
  float* const o = result.o + i * result.o_stride;
  std::fill_n(o, head.v.cols, 0.0F);
  float sum = 0;
  for (std::int64_t j = 0; j < head.n_k(); ++j) {
    const float weight = std::exp(scores[static_cast<std::size_t>(j)] - largest);
    sum += weight;
    for (std::int64_t c = 0; c < head.v.cols; ++c) o[c] += weight * head.v.row_f32(j)[c];
  }
  for (std::int64_t c = 0; c < head.v.cols; ++c) o[c] /= sum;
  result.lse[i] = largest + std::log(sum);
}

class NaiveContender : public Contender {
 public:
  std::string name() const override { return "naive"; }
  std::string backend() const override { return "plain loops"; }
  Peak peak(DType /*dtype*/) const override { return Peak::best; }
  bool gives_lse() const override { return true; }
  std::string why_not(const BenchCase& which) const override {
    return which.shape().dtype == DType::f32 ? "" : "takes f32 only";
  }
  void forward(const BenchCase& which, const Job& job) override {
    constexpr std::int64_t rows = 16;  // a task
    const std::int64_t n = which.shape().n;
    const std::int64_t tasks = (n + rows - 1) / rows;
    job.pool.run(static_cast<std::size_t>(tasks * which.shape().heads), job, [&](std::size_t index, unsigned) {
      const auto task = static_cast<std::int64_t>(index);
      const auto h = static_cast<std::size_t>(task / tasks);
      std::vector<float> scores(static_cast<std::size_t>(n));
      for (std::int64_t i = task % tasks * rows; i < std::min(n, (task % tasks + 1) * rows); ++i)
        forward_row(which.heads()[h], which.results()[h], i, scores);
    });
  }
};

}  // namespace

std::unique_ptr<Contender> make_naive_contender() { return std::make_unique<NaiveContender>(); }

}  // namespace attnscope::bench
