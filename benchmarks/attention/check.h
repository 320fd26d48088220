// Whether what a contender wrote is right: sampled results against the float64 reference.
#pragma once
#include <cstdint>
#include <vector>

#include "attention_bench/bench_case.h"
#include "attention_bench/measure.h"

namespace attnscope::bench {

// At most `count` of n places: the first, the last and some between, evenly spread.
std::vector<std::int64_t> spread_over(std::int64_t n, std::int64_t count);

// O of up to 16 queries in each of up to 4 heads (errors of max|v|), and lse where it is given. The limit is op_test's:
// O 5e-6 at most where everything is float32, 2^-10 where f16 and 2^-7 where bf16 is stored; lse 1e-6 (1 + S).
Check check_forward(const BenchCase& which, bool with_lse);

// Counts errors against a limit.
class Errors {
 public:
  void add(double error, double limit) {
    max_ = error > max_ ? error : max_;
    squares_ += error * error;
    ++count_;
    right_ = right_ && error <= limit;  // a NaN is not right
  }
  Check check() const;

 private:
  bool right_ = true;
  double max_ = 0;
  double squares_ = 0;
  std::int64_t count_ = 0;
};

}  // namespace attnscope::bench
