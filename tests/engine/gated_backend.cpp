#include "gated_backend.h"

#include <utility>

#include "attention/select.h"
#include "core/error.h"

namespace attnscope::test {

GatedBackend::GatedBackend() : reference_(make_reference_backend()) {}

void GatedBackend::close(Op op) {
  const std::lock_guard lock(mutex_);
  closed_.insert(op);
}

void GatedBackend::open() {
  {
    const std::lock_guard lock(mutex_);
    closed_.clear();
  }
  opened_.notify_all();
}

void GatedBackend::set_trouble(Op op, std::function<void()> trouble) {
  const std::lock_guard lock(mutex_);
  trouble_[op] = std::move(trouble);
}

void GatedBackend::set_sequel_of_forward(std::function<void()> sequel) {
  const std::lock_guard lock(mutex_);
  sequel_ = std::move(sequel);
}

void GatedBackend::refuse(Op op, std::string why) {
  const std::lock_guard lock(mutex_);
  refused_[op] = std::move(why);
}

int GatedBackend::calls(Op op) const {
  const std::lock_guard lock(mutex_);
  const auto found = calls_.find(op);
  return found == calls_.end() ? 0 : found->second;
}

int GatedBackend::stopped(Op op) const {
  const std::lock_guard lock(mutex_);
  const auto found = stopped_.find(op);
  return found == stopped_.end() ? 0 : found->second;
}

void GatedBackend::pass(Op op, const Job& job) {
  std::function<void()> trouble;
  {
    std::unique_lock lock(mutex_);
    ++calls_[op];
    if (!opened_.wait(lock, job.stop, [&] { return !closed_.contains(op); })) {
      ++stopped_[op];
      throw Stopped();
    }
    if (const auto found = trouble_.find(op); found != trouble_.end()) trouble = found->second;
  }
  if (trouble) trouble();
}

Support GatedBackend::supports(Op op, const HeadView& /*head*/) const {
  const std::lock_guard lock(mutex_);
  const auto found = refused_.find(op);
  return found == refused_.end() ? Support{} : Support{false, found->second};
}

void GatedBackend::forward(std::span<const HeadView> heads, std::span<const ForwardResult> results, const Job& job) {
  pass(Op::forward, job);
  reference_->forward(heads, results, job);
  std::function<void()> sequel;
  {
    const std::lock_guard lock(mutex_);
    sequel = sequel_;
  }
  if (sequel) sequel();
}

void GatedBackend::rows(const HeadView& head, std::span<const std::int64_t> queries, const Weighting& weight,
                        std::span<float> p, const Job& job) {
  pass(Op::rows, job);
  reference_->rows(head, queries, weight, p, job);
}

void GatedBackend::columns(const HeadView& head, std::span<const std::int64_t> keys, const Weighting& weight,
                           std::span<float> p, const Job& job) {
  pass(Op::columns, job);
  reference_->columns(head, keys, weight, p, job);
}

void GatedBackend::map(const HeadView& head, const MapSpec& spec, const Weighting& weight, const MapResult& result,
                       const Job& job) {
  pass(Op::map, job);
  reference_->map(head, spec, weight, result, job);
}

void GatedBackend::sampled_map(const HeadView& head, const MapSpec& spec, std::int64_t samples, const MapResult& result,
                               const Job& job) {
  pass(Op::sampled_map, job);
  reference_->sampled_map(head, spec, samples, result, job);
}

void GatedBackend::top_k(const HeadView& head, std::span<const std::int64_t> queries, std::int64_t k,
                         const Weighting& weight, std::span<std::int32_t> keys, std::span<float> values,
                         const Job& job) {
  pass(Op::top_k, job);
  reference_->top_k(head, queries, k, weight, keys, values, job);
}

void GatedBackend::row_stats(const HeadView& head, std::span<const float> lse, const RowStats& stats, const Job& job) {
  pass(Op::row_stats, job);
  reference_->row_stats(head, lse, stats, job);
}

void GatedBackend::column_mass(const HeadView& head, std::span<const float> lse, std::span<float> mass,
                               const Job& job) {
  pass(Op::column_mass, job);
  reference_->column_mass(head, lse, mass, job);
}

std::function<void()> Bell::ring() {
  return [this] {
    { const std::lock_guard lock(mutex_); }  // so that no ring falls between a look at the condition and the wait
    rung_.notify_all();
  };
}

bool Bell::until(const std::function<bool()>& condition, std::chrono::seconds longest) {
  const auto end = std::chrono::steady_clock::now() + longest;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::unique_lock lock(mutex_);
    rung_.wait_for(lock, std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace attnscope::test
