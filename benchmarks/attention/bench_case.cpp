#include "attention_bench/bench_case.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/error.h"

namespace attnscope::bench {
namespace {

constexpr std::int64_t most_tokens = std::int64_t{1} << 24;
constexpr std::int64_t most_heads = 1024;
constexpr std::int64_t deepest_head = 1024;

void check_size(const char* option, std::int64_t value, std::int64_t most) {
  if (value < 1 || value > most)
    throw InputError(std::string(option) + " " + std::to_string(value) + ": takes 1 to " + std::to_string(most));
}

BenchShape checked(const BenchShape& shape) {
  check_size("--heads", shape.heads, most_heads);
  check_size("--kv-heads", shape.kv_heads, shape.heads);
  check_size("--n", shape.n, most_tokens);
  check_size("--head-dim", shape.head_dim, deepest_head);
  if (shape.heads % shape.kv_heads != 0) {
    throw InputError("--kv-heads " + std::to_string(shape.kv_heads) + ": takes a divisor of --heads " +
                     std::to_string(shape.heads));
  }
  return shape;
}

void fill(Tensor& tensor, std::uint64_t stream) {
  const std::int64_t count = tensor.blocks() * tensor.rows() * tensor.cols();
  for (std::int64_t i = 0; i < count; ++i) {
    const auto value = static_cast<float>(noise(stream, static_cast<std::uint64_t>(i)));
    if (tensor.dtype() == DType::f32) {
      tensor.mutable_f32()[i] = value;
    } else {
      auto* const half = static_cast<std::uint16_t*>(tensor.mutable_data());
      half[i] = tensor.dtype() == DType::f16 ? f16_from_float(value) : bf16_from_float(value);
    }
  }
}

bool parse_whole(std::string_view text, std::int64_t& number) {
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && rest == text.data() + text.size();
}

}  // namespace

Mask parse_mask(std::string_view text) {
  Mask mask;
  mask.causal = text != "full";
  if (text == "full" || text == "causal") return mask;
  bool right = false;
  if (text.starts_with("window:")) {
    right = parse_whole(text.substr(7), mask.left);
  } else if (text.starts_with("sinks:")) {
    const std::string_view sizes = text.substr(6);
    const std::size_t comma = std::min(sizes.find(','), sizes.size());
    right = parse_whole(sizes.substr(0, comma), mask.sinks) && comma < sizes.size() &&
            parse_whole(sizes.substr(comma + 1), mask.left);
  }
  if (!right || mask.left < 1 || mask.sinks < 0 || mask.left > most_tokens || mask.sinks > most_tokens)
    throw InputError("--mask " + std::string(text) + ": takes full, causal, window:W or sinks:S,W, as in sinks:4,1024");
  return mask;
}

double noise(std::uint64_t stream, std::uint64_t index) {
  std::uint64_t x = (stream << 56U) + index * 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;  // splitmix64 (Steele, Lea and Flood 2014)
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  x ^= x >> 31U;
  const std::uint64_t sum = (x & 0xffffU) + (x >> 16U & 0xffffU) + (x >> 32U & 0xffffU) + (x >> 48U);
  constexpr double deviation_of_one = 65536 / 3.4641016151377544;  // of a uniform number: its range / sqrt(12)
  return (static_cast<double>(sum) - 2 * 65535.0) / (2 * deviation_of_one);
}

BenchCase::BenchCase(const BenchShape& shape)
    : shape_(checked(shape)),
      q_(Tensor::allocate(shape.dtype, shape.heads, shape.n, shape.head_dim)),
      k_(Tensor::allocate(shape.dtype, shape.kv_heads, shape.n, shape.head_dim)),
      v_(Tensor::allocate(shape.dtype, shape.kv_heads, shape.n, shape.head_dim)),
      o_(Tensor::allocate(DType::f32, shape.heads, shape.n, shape.head_dim)),
      lse_(Tensor::allocate(DType::f32, shape.heads, 1, shape.n)) {
  fill(q_, 1);
  fill(k_, 2);
  fill(v_, 3);
  const std::int64_t group = shape.heads / shape.kv_heads;
  for (std::int64_t h = 0; h < shape.heads; ++h) {
    HeadView head{q_.block(h), k_.block(h / group), v_.block(h / group), {}, parse_mask(shape.mask)};
    head.score.scale = static_cast<float>(1 / std::sqrt(static_cast<double>(shape.head_dim)));
    heads_.push_back(head);
    results_.push_back(
        {o_.mutable_f32() + h * shape.n * shape.head_dim, shape.head_dim, lse_.mutable_f32() + h * shape.n});
  }
}

std::int64_t visible_keys(const Mask& mask, std::int64_t query, std::int64_t n) {
  const KeyRange window = mask.visible_range(query, n);
  return window.end - window.begin + std::min(mask.sinks, window.begin);  // no sink is after the query
}

double BenchCase::visible_cells() const {
  double cells = 0;
  for (std::int64_t i = 0; i < shape_.n; ++i)
    cells += static_cast<double>(visible_keys(heads_.front().mask, i, shape_.n));
  return cells * static_cast<double>(shape_.heads);
}

std::int64_t BenchCase::least_bytes() const {
  return static_cast<std::int64_t>(q_.bytes() + k_.bytes() + v_.bytes() + o_.bytes() + lse_.bytes());
}

void BenchCase::forget_results() {
  const float nothing = std::numeric_limits<float>::quiet_NaN();
  std::fill_n(o_.mutable_f32(), shape_.heads * shape_.n * shape_.head_dim, nothing);
  std::fill_n(lse_.mutable_f32(), shape_.heads * shape_.n, nothing);
}

}  // namespace attnscope::bench
