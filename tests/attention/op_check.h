// Holds one op of a backend against the reference, case by case, and keeps the score.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "op_inputs.h"
#include "tolerances.h"

namespace attnscope::test {

std::string_view name_of(Op op);

class OpCheck {
 public:
  OpCheck(Op op, Backend& tested, Backend& reference, Pool& pool);

  // Runs the op on the case (every head for forward, else the first and the last). What is wrong becomes a failure of
  // the running test; what the backend does not support is counted.
  void run(const CaseSpec& spec);
  // The same of heads of one shape without ties, called `what` in failures.
  void run(std::span<const HeadView> heads, const std::string& what, std::uint64_t seed);

  std::int64_t cases() const { return cases_; }
  std::int64_t unsupported() const;
  // One line: cases, unsupported ones and why, for each quantity the largest and RMS error and its share of the limit.
  std::string summary() const;

 private:
  void forward(std::span<const HeadView> heads);
  void forward_head(const HeadView& head, std::span<const float> o, std::int64_t stride, std::span<const float> lse);
  void rows(const HeadView& head);
  void columns(const HeadView& head);
  void map(const HeadView& head);
  void sampled_map(const HeadView& head);
  void top_k(const HeadView& head);
  void top_k_row(const HeadView& head, std::span<const std::int32_t> keys, std::span<const float> values,
                 std::span<const std::int32_t> true_keys, std::span<const float> true_values,
                 std::span<const float> true_row, std::int64_t query, double relative, bool ties);
  void row_stats(const HeadView& head);
  void largest_keys(const HeadView& head, std::span<const float> lse, std::span<const std::int32_t> keys,
                    std::span<const std::int32_t> true_keys, std::span<const float> largest);
  void column_mass(const HeadView& head);

  std::vector<float> true_lse(const HeadView& head);
  Weights weights(const HeadView& head, WeightKind& kind);
  // `terms`: of how many weights each number is a sum.
  void compare_weights(std::string_view what, const HeadView& head, std::span<const float> got,
                       std::span<const float> truth, std::span<const float> b, std::int64_t terms = 1);
  void expect(bool right, std::string_view what, std::int64_t where, double got, double truth);
  Job job() { return {pool_, Priority::visible, {}, nullptr}; }

  Op op_;
  Backend& tested_;
  Backend& reference_;
  Pool& pool_;
  std::string what_;
  bool ties_ = false;  // keys have equal scores
  Random random_{0};
  std::map<std::string, Errors, std::less<>> errors_;
  std::map<std::string, std::int64_t> unsupported_;
  std::int64_t cases_ = 0;
  std::int64_t failures_ = 0;
};

}  // namespace attnscope::test
