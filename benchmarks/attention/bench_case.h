// What is computed in a benchmark: heads of one layer filled with fixed noise, and room for what a contender answers.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "attention/ops.h"
#include "core/tensor.h"

namespace attnscope::bench {

struct BenchShape {
  std::int64_t heads = 8;
  std::int64_t kv_heads = 8;  // divides heads
  std::int64_t n = 4096;
  std::int64_t head_dim = 64;
  std::string mask = "full";  // as parse_mask takes it
  DType dtype = DType::f32;

  friend bool operator==(const BenchShape&, const BenchShape&) = default;
};

// "full", "causal", "window:W" (causal, the W last keys) or "sinks:S,W" (the same and the first S keys). Throws
// InputError, beginning with "--mask", for anything else.
Mask parse_mask(std::string_view text);

// Number `index` of the fixed noise of `stream`: about normal, mean 0, deviation 1 (Irwin-Hall: the sum of four uniform
// numbers of 16 bits of a splitmix64 hash), exact in double, so that another program can make the same inputs.
double noise(std::uint64_t stream, std::uint64_t index);

// Keys that a query sees, counted: those of its window, and the sinks before it.
std::int64_t visible_keys(const Mask& mask, std::int64_t query, std::int64_t n);

// Q [heads, n, d], K and V [kv_heads, n, d] of noise streams 1, 2 and 3, in C order; scale 1 / sqrt(d).
class BenchCase {
 public:
  // Throws InputError for sizes below 1, heads not divisible by kv_heads and head_dim above 1024; Error where there is
  // not enough memory.
  explicit BenchCase(const BenchShape& shape);

  const BenchShape& shape() const { return shape_; }
  const std::vector<HeadView>& heads() const { return heads_; }
  // For each head O [n, d] and lse [n].
  const std::vector<ForwardResult>& results() const { return results_; }
  // Pairs of query and key that see each other, over all heads.
  double visible_cells() const;
  // 2 (d + d) operations a visible cell: both products, as is usual for attention.
  double forward_flops() const { return visible_cells() * 4 * static_cast<double>(shape_.head_dim); }
  // Of Q, K, V, O and lse, each once: what any exact forward has to read and write.
  std::int64_t least_bytes() const;
  // Fills O and lse with NaN, so that no answer of another contender can pass for one's own.
  void forget_results();

 private:
  BenchShape shape_;
  Tensor q_, k_, v_, o_, lse_;
  std::vector<HeadView> heads_;
  std::vector<ForwardResult> results_;
};

}  // namespace attnscope::bench
