// The reference with a gate before some ops, so that a test decides when they go on; and a bell that a test waits for.
#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "attention/ops.h"

namespace attnscope::test {

class GatedBackend final : public Backend {
 public:
  GatedBackend();

  // From now on calls of `op` wait for open(), or throw Stopped where they are told to stop before.
  void close(Op op);
  void open();
  // From now on `op` calls this before it computes: it may throw.
  void set_trouble(Op op, std::function<void()> trouble);
  // From now on forward calls this when it has computed.
  void set_sequel_of_forward(std::function<void()> sequel);
  // From now on `op` is not supported, for this reason.
  void refuse(Op op, std::string why);
  int calls(Op op) const;    // begun
  int stopped(Op op) const;  // that were told to stop while they waited

  std::string_view name() const override { return "gated"; }
  Support supports(Op op, const HeadView& head) const override;
  void forward(std::span<const HeadView> heads, std::span<const ForwardResult> results, const Job& job) override;
  void rows(const HeadView& head, std::span<const std::int64_t> queries, const Weighting& weight, std::span<float> p,
            const Job& job) override;
  void columns(const HeadView& head, std::span<const std::int64_t> keys, const Weighting& weight, std::span<float> p,
               const Job& job) override;
  void map(const HeadView& head, const MapSpec& spec, const Weighting& weight, const MapResult& result,
           const Job& job) override;
  void sampled_map(const HeadView& head, const MapSpec& spec, std::int64_t samples, const MapResult& result,
                   const Job& job) override;
  void top_k(const HeadView& head, std::span<const std::int64_t> queries, std::int64_t k, const Weighting& weight,
             std::span<std::int32_t> keys, std::span<float> values, const Job& job) override;
  void row_stats(const HeadView& head, std::span<const float> lse, const RowStats& stats, const Job& job) override;
  void column_mass(const HeadView& head, std::span<const float> lse, std::span<float> mass, const Job& job) override;

 private:
  void pass(Op op, const Job& job);

  std::unique_ptr<Backend> reference_;
  mutable std::mutex mutex_;
  std::condition_variable_any opened_;
  std::set<Op> closed_;
  std::map<Op, std::function<void()>> trouble_;
  std::function<void()> sequel_;
  std::map<Op, std::string> refused_;
  std::map<Op, int> calls_, stopped_;
};

// Rung from any thread; until() waits for a condition, looked at after each ring and every few milliseconds. False if
// it does not hold within that time.
class Bell {
 public:
  std::function<void()> ring();
  bool until(const std::function<bool()>& condition, std::chrono::seconds longest = std::chrono::seconds(20));

 private:
  std::mutex mutex_;
  std::condition_variable rung_;
};

}  // namespace attnscope::test
