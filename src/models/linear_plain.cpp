// For machines without oneDNN: correct, not fast.
#include "models/linear.h"

namespace attnscope {

void multiply_transposed(const float* x, std::int64_t x_stride, std::int64_t rows, std::int64_t inputs, const float* w,
                         std::int64_t outputs, float* y, std::int64_t y_stride, bool add) {
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t o = 0; o < outputs; ++o) {
      double sum = 0;
      for (std::int64_t i = 0; i < inputs; ++i)
        sum += static_cast<double>(x[r * x_stride + i]) * static_cast<double>(w[o * inputs + i]);
      float& target = y[r * y_stride + o];
      target = static_cast<float>(sum) + (add ? target : 0.0F);
    }
  }
}

}  // namespace attnscope
