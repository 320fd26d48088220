#include <algorithm>
#include <cmath>
#include <limits>

#include "attention_bench/contender.h"
#include "attention_bench/gemm.h"
#include "attention_bench/process_use.h"

namespace attnscope::bench {
namespace {

constexpr std::int64_t rows_a_task = 256;

// Softmax of row i of the stored scores; masked cells become 0.
void weigh_row(const HeadView& head, std::int64_t i, float* row, float* lse) {
  const Mask& mask = head.mask;
  const KeyRange window = mask.visible_range(i, head.n_k());
  const std::int64_t sinks = std::min(mask.sinks, window.begin);
  std::fill(row + sinks, row + window.begin, 0.0F);
  std::fill(row + window.end, row + head.n_k(), 0.0F);
  float largest = -std::numeric_limits<float>::infinity();
  if (sinks > 0) largest = largest_of(row, sinks);
  const std::int64_t count = window.end - window.begin;
  if (count > 0) largest = std::max(largest, largest_of(row + window.begin, count));
  const float scale = head.score.scale;
  const float shift = largest * scale;
  const float sum = exponentiate(row, sinks, scale, shift) + exponentiate(row + window.begin, count, scale, shift);
  for (std::int64_t j = 0; j < sinks; ++j) row[j] /= sum;
  for (std::int64_t j = window.begin; j < window.end; ++j) row[j] /= sum;
  lse[i] = shift + std::log(sum);
}

class StoredContender : public Contender {
 public:
  std::string name() const override { return "stored"; }
  std::string backend() const override { return "oneDNN sgemm"; }
  Peak peak(DType /*dtype*/) const override { return Peak::best; }
  bool gives_lse() const override { return true; }
  std::string why_not(const BenchCase& which) const override {
    if (which.shape().dtype != DType::f32) return "takes f32 only";
    const double bytes = 4 * static_cast<double>(which.shape().n) * static_cast<double>(which.shape().n);
    const auto free = static_cast<double>(free_memory());
    if (bytes <= 0.8 * free) return "";
    constexpr double gibibyte = 1073741824;
    return "n x n takes " + std::to_string(static_cast<std::int64_t>(bytes / gibibyte)) + " GiB, " +
           std::to_string(static_cast<std::int64_t>(free / gibibyte)) + " GiB are free";
  }
  void forward(const BenchCase& which, const Job& job) override {
    const std::int64_t n = which.shape().n;
    const std::int64_t d = which.shape().head_dim;
    Tensor p = Tensor::allocate(DType::f32, 1, n, n);
    for (std::size_t h = 0; h < which.heads().size(); ++h) {
      const HeadView& head = which.heads()[h];
      const ForwardResult& result = which.results()[h];
      // Each step over the whole matrix before the next begins, as frameworks do it.
      const auto for_rows = [&](const auto& step) {
        job.pool.run(static_cast<std::size_t>((n + rows_a_task - 1) / rows_a_task), job,
                     [&](std::size_t index, unsigned) {
                       const std::int64_t first = static_cast<std::int64_t>(index) * rows_a_task;
                       step(first, std::min(rows_a_task, n - first));
                     });
      };
      float* const scores = p.mutable_f32();
      for_rows([&](std::int64_t first, std::int64_t count) {
        multiply(true, count, n, d, head.q.row_f32(first), head.q.stride, head.k.row_f32(0), head.k.stride, false,
                 scores + first * n, n);
      });
      for_rows([&](std::int64_t first, std::int64_t count) {
        for (std::int64_t i = first; i < first + count; ++i) weigh_row(head, i, scores + i * n, result.lse);
      });
      for_rows([&](std::int64_t first, std::int64_t count) {
        multiply(false, count, d, n, scores + first * n, n, head.v.row_f32(0), head.v.stride, false,
                 result.o + first * result.o_stride, result.o_stride);
      });
    }
  }
};

}  // namespace

std::unique_ptr<Contender> make_stored_contender() { return std::make_unique<StoredContender>(); }

}  // namespace attnscope::bench
