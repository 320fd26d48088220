#include <cmath>

#include "models/elementwise.h"

namespace attnscope {

void silu_multiply(float* gate, const float* up, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) gate[i] = gate[i] / (1.0F + std::exp(-gate[i])) * up[i];
}

}  // namespace attnscope
