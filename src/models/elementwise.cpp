#include "models/elementwise.h"

#include <bit>
#include <cmath>

namespace attnscope {

void rms_norm(const float* x, const float* weight, std::int64_t n, float epsilon, float* y) {
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  const auto factor = static_cast<float>(1.0 / std::sqrt(sum / static_cast<double>(n) + static_cast<double>(epsilon)));
  for (std::int64_t i = 0; i < n; ++i) y[i] = weight[i] * (x[i] * factor);
}

void rotate(float* row, const float* cosines, const float* sines, std::int64_t pairs) {
  for (std::int64_t c = 0; c < pairs; ++c) {
    const float a = row[c];
    const float b = row[c + pairs];
    row[c] = a * cosines[c] - b * sines[c];
    row[c + pairs] = b * cosines[c] + a * sines[c];
  }
}

bool all_finite(const float* x, std::int64_t n) {
  // By the bits, since compilers vectorise whole numbers here and not comparisons of floats.
  constexpr std::uint32_t exponent = 0x7f800000U;
  std::uint32_t found = 0;
  for (std::int64_t i = 0; i < n; ++i) found |= (std::bit_cast<std::uint32_t>(x[i]) & exponent) == exponent ? 1U : 0U;
  return found == 0;
}

}  // namespace attnscope
