#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "attention_bench/contender.h"
#include "attention_bench/gemm.h"

namespace attnscope::bench {
namespace {

constexpr std::int64_t query_rows = 256;
constexpr std::int64_t key_rows = 512;

// The queries [first, first + count) of one head, block of keys by block of keys.
class Block {
 public:
  Block(const HeadView& head, const ForwardResult& result, std::int64_t first, std::int64_t count)
      : head_(head), result_(result), first_(first), count_(count) {
    largest_.fill(-std::numeric_limits<float>::infinity());
    for (std::int64_t i = 0; i < count; ++i) std::fill_n(o(i), head.v.cols, 0.0F);
  }
  void run(float* scores) {
    for (std::int64_t k0 = 0; k0 < head_.n_k(); k0 += key_rows) {
      const std::int64_t keys = std::min(key_rows, head_.n_k() - k0);
      if (head_.mask.block_state(first_, first_ + count_, k0, k0 + keys) == BlockState::none) continue;
      multiply(true, count_, keys, head_.q.cols, head_.q.row_f32(first_), head_.q.stride, head_.k.row_f32(k0),
               head_.k.stride, false, scores, key_rows);
      for (std::int64_t i = 0; i < count_; ++i) weigh(i, k0, keys, scores + i * key_rows);
      multiply(false, count_, head_.v.cols, keys, scores, key_rows, head_.v.row_f32(k0), head_.v.stride, true, o(0),
               result_.o_stride);
    }
    for (std::int64_t i = 0; i < count_; ++i) {
      const auto at = static_cast<std::size_t>(i);
      for (std::int64_t c = 0; c < head_.v.cols; ++c) o(i)[c] /= sum_[at];
      result_.lse[first_ + i] = largest_[at] + std::log(sum_[at]);
    }
  }

 private:
  float* o(std::int64_t i) const { return result_.o + (first_ + i) * result_.o_stride; }
  // Turns the scores of row i into weights relative to the largest so far, and what was summed before with them.
  void weigh(std::int64_t i, std::int64_t k0, std::int64_t keys, float* row) {
    const KeyRange window = head_.mask.visible_range(first_ + i, head_.n_k());
    const std::int64_t sinks = std::clamp<std::int64_t>(std::min(head_.mask.sinks, window.begin) - k0, 0, keys);
    const std::int64_t begin = std::clamp<std::int64_t>(window.begin - k0, sinks, keys);
    const std::int64_t end = std::clamp<std::int64_t>(window.end - k0, begin, keys);
    std::fill(row + sinks, row + begin, 0.0F);
    std::fill(row + end, row + keys, 0.0F);
    if (sinks == 0 && begin == end) return;
    float& largest = largest_[static_cast<std::size_t>(i)];
    float& sum = sum_[static_cast<std::size_t>(i)];
    const float scale = head_.score.scale;
    float most = largest;
    if (sinks > 0) most = std::max(most, scale * largest_of(row, sinks));
    if (begin < end) most = std::max(most, scale * largest_of(row + begin, end - begin));
    const float kept = std::exp(largest - most);
    largest = most;
    sum = sum * kept + exponentiate(row, sinks, scale, most) + exponentiate(row + begin, end - begin, scale, most);
    if (kept != 1) {
      for (std::int64_t c = 0; c < head_.v.cols; ++c) o(i)[c] *= kept;
    }
  }

  const HeadView& head_;
  const ForwardResult& result_;
  std::int64_t first_, count_;
  std::array<float, query_rows> largest_{};
  std::array<float, query_rows> sum_{};
};

class BlockedContender : public Contender {
 public:
  std::string name() const override { return "blocked"; }
  std::string backend() const override { return "oneDNN sgemm"; }
  Peak peak(DType /*dtype*/) const override { return Peak::best; }
  bool gives_lse() const override { return true; }
  std::string why_not(const BenchCase& which) const override {
    return which.shape().dtype == DType::f32 ? "" : "takes f32 only";
  }
  void forward(const BenchCase& which, const Job& job) override {
    const std::int64_t n = which.shape().n;
    const std::int64_t tasks = (n + query_rows - 1) / query_rows;
    job.pool.run(static_cast<std::size_t>(tasks) * which.heads().size(), job, [&](std::size_t index, unsigned) {
      // The last queries have most to do under a causal mask, so they go first.
      const auto task = static_cast<std::int64_t>(index);
      const auto h = static_cast<std::size_t>(task % which.shape().heads);
      const std::int64_t first = (tasks - 1 - task / which.shape().heads) * query_rows;
      std::vector<float> scores(static_cast<std::size_t>(query_rows * key_rows));
      Block(which.heads()[h], which.results()[h], first, std::min(query_rows, n - first)).run(scores.data());
    });
  }
};

}  // namespace

std::unique_ptr<Contender> make_blocked_contender() { return std::make_unique<BlockedContender>(); }

}  // namespace attnscope::bench
