#include <algorithm>
#include <cmath>

#include "attention/reference_map.h"
#include "attention/reference_scores.h"
#include "attention/select.h"

namespace attnscope {
namespace {

using reference::at;
using reference::Cell;
using reference::for_each;
using reference::work_of;

void forward_query(const HeadView& head, std::int64_t i, const ForwardResult& result, const Job& job) {
  const std::vector<Cell> cells = reference::visible_cells(head, i, job);
  const double lse = reference::log_sum_exp(cells, head.score);
  if (result.lse != nullptr) result.lse[i] = static_cast<float>(lse);
  if (result.o == nullptr) return;
  std::vector<double> sum(static_cast<std::size_t>(head.v.cols), 0.0);
  for (const Cell& cell : cells) {
    const double p = std::exp(cell.score - lse);
    for (std::int64_t c = 0; c < head.v.cols; ++c) sum[static_cast<std::size_t>(c)] += p * head.v.at(cell.key, c);
  }
  float* o = result.o + i * result.o_stride;
  for (std::size_t c = 0; c < sum.size(); ++c) o[c] = static_cast<float>(sum[c]);
}

void stats_of_query(const HeadView& head, std::int64_t i, double lse, const RowStats& stats, const Job& job) {
  const std::int64_t position = i + head.mask.offset;
  double entropy = 0, distance = 0, self = 0, previous = 0, first = 0;
  float largest = 0;
  std::int64_t largest_key = -1;
  for (const Cell& cell : reference::visible_cells(head, i, job)) {
    const double log_p = cell.score - lse;
    const double p = reference::weight(cell.score, -lse, 0);
    if (p > 0) entropy -= p * log_p;
    distance += p * static_cast<double>(std::abs(position - cell.key));
    if (cell.key == position) self = p;
    if (cell.key == position - 1) previous = p;
    if (cell.key == 0) first = p;
    if (largest_key < 0 || static_cast<float>(p) > largest) {
      largest = static_cast<float>(p);
      largest_key = cell.key;
    }
  }
  const auto put = [i](std::span<float> wanted, double number) {
    if (!wanted.empty()) at(wanted, i) = static_cast<float>(number);
  };
  put(stats.entropy, entropy);
  put(stats.distance, distance);
  put(stats.self, self);
  put(stats.previous, previous);
  put(stats.first, first);
  put(stats.largest, largest);
  if (!stats.largest_key.empty()) at(stats.largest_key, i) = static_cast<std::int32_t>(largest_key);
}

class ReferenceBackend final : public Backend {
 public:
  std::string_view name() const override { return "reference"; }
  Support supports(Op /*op*/, const HeadView& /*head*/) const override { return {}; }

  void forward(std::span<const HeadView> heads, std::span<const ForwardResult> results, const Job& job) override {
    for (std::size_t h = 0; h < heads.size(); ++h) {
      const std::int64_t work = work_of(heads[h], heads[h].n_k()) + heads[h].n_k() * heads[h].v.cols;
      for_each(heads[h].n_q(), work, job, [&](std::int64_t i) { forward_query(heads[h], i, results[h], job); });
    }
  }

  void rows(const HeadView& head, std::span<const std::int64_t> queries, const Weighting& weight, std::span<float> p,
            const Job& job) override {
    for_each(std::ssize(queries), work_of(head, head.n_k()), job, [&](std::int64_t r) {
      const std::span<float> row =
          p.subspan(static_cast<std::size_t>(r * head.n_k()), static_cast<std::size_t>(head.n_k()));
      std::fill(row.begin(), row.end(), 0.0F);
      for (const Cell& cell : reference::visible_cells(head, at(queries, r), job)) {
        at(row, cell.key) =
            static_cast<float>(reference::weight(cell.score, at(weight.a, r), reference::bias(weight, cell.key)));
      }
    });
  }

  void columns(const HeadView& head, std::span<const std::int64_t> keys, const Weighting& weight, std::span<float> p,
               const Job& job) override {
    for_each(head.n_q(), work_of(head, std::ssize(keys)), job, [&](std::int64_t i) {
      for (std::int64_t c = 0; c < std::ssize(keys); ++c) {
        const std::int64_t j = at(keys, c);
        double value = 0;
        if (head.mask.visible(i, j)) {
          value = reference::weight(reference::score(head, i, j), at(weight.a, i), reference::bias(weight, j));
        }
        at(p, i * std::ssize(keys) + c) = static_cast<float>(value);
      }
    });
  }

  void map(const HeadView& head, const MapSpec& spec, const Weighting& weight, const MapResult& result,
           const Job& job) override {
    reference::map(head, spec, weight, result, job);
  }

  void sampled_map(const HeadView& head, const MapSpec& spec, std::int64_t samples, const MapResult& result,
                   const Job& job) override {
    reference::sampled_map(head, spec, samples, result, job);
  }

  void top_k(const HeadView& head, std::span<const std::int64_t> queries, std::int64_t k, const Weighting& weight,
             std::span<std::int32_t> keys, std::span<float> values, const Job& job) override {
    for_each(std::ssize(queries), work_of(head, head.n_k()), job, [&](std::int64_t r) {
      std::vector<std::pair<float, std::int64_t>> found;  // compared as they are handed out: in float
      for (const Cell& cell : reference::visible_cells(head, at(queries, r), job)) {
        const double p = reference::weight(cell.score, at(weight.a, r), reference::bias(weight, cell.key));
        if (static_cast<float>(p) > 0) found.emplace_back(static_cast<float>(p), cell.key);
      }
      std::stable_sort(found.begin(), found.end(), [](const auto& x, const auto& y) { return x.first > y.first; });
      for (std::int64_t place = 0; place < k; ++place) {
        const bool there = place < std::ssize(found);
        at(keys, r * k + place) = there ? static_cast<std::int32_t>(found[static_cast<std::size_t>(place)].second) : -1;
        at(values, r * k + place) = there ? found[static_cast<std::size_t>(place)].first : 0.0F;
      }
    });
  }

  void row_stats(const HeadView& head, std::span<const float> lse, const RowStats& stats, const Job& job) override {
    for_each(head.n_q(), work_of(head, head.n_k()), job,
             [&](std::int64_t i) { stats_of_query(head, i, at(lse, i), stats, job); });
  }

  void column_mass(const HeadView& head, std::span<const float> lse, std::span<float> mass, const Job& job) override {
    for_each(head.n_k(), work_of(head, head.n_q()), job, [&](std::int64_t j) {
      double sum = 0;
      for (std::int64_t i = 0; i < head.n_q(); ++i) {
        if (i % 1024 == 0) job.throw_if_stopped();
        if (!head.mask.visible(i, j)) continue;
        sum += reference::weight(reference::score(head, i, j), -static_cast<double>(at(lse, i)), 0);
      }
      at(mass, j) = static_cast<float>(sum);
    });
  }
};

}  // namespace

std::unique_ptr<Backend> make_reference_backend() { return std::make_unique<ReferenceBackend>(); }

}  // namespace attnscope
