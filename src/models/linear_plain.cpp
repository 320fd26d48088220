// For machines without oneDNN: correct, not fast.
#include "models/linear.h"

namespace attnscope {
namespace {

double dot(const float* x, const float* w, std::int64_t w_stride, std::int64_t inputs) {
  double sum = 0;
  for (std::int64_t i = 0; i < inputs; ++i) sum += static_cast<double>(x[i]) * static_cast<double>(w[i * w_stride]);
  return sum;
}

}  // namespace

void multiply(const Rows& x, std::int64_t inputs, const float* w, std::int64_t outputs, float* y, std::int64_t y_stride,
              bool add) {
  for (std::int64_t r = 0; r < x.count; ++r) {
    for (std::int64_t o = 0; o < outputs; ++o) {
      float& target = y[r * y_stride + o];
      target = static_cast<float>(dot(x.data + r * x.stride, w + o, outputs, inputs)) + (add ? target : 0.0F);
    }
  }
}

void multiply_transposed(const Rows& x, std::int64_t inputs, const float* w, std::int64_t outputs, float* y,
                         std::int64_t y_stride) {
  for (std::int64_t r = 0; r < x.count; ++r) {
    for (std::int64_t o = 0; o < outputs; ++o) {
      y[r * y_stride + o] = static_cast<float>(dot(x.data + r * x.stride, w + o * inputs, 1, inputs));
    }
  }
}

}  // namespace attnscope
