// Matrix products of the forward pass, by oneDNN where the build has it, on the calling thread alone.
#pragma once
#include <cstdint>

namespace attnscope {

// Float32 numbers in rows that are `stride` numbers apart.
struct Rows {
  const float* data;
  std::int64_t stride;
  std::int64_t count;
};

// y [x.count, outputs] = x [x.count, inputs] * w (+ y if `add`), w [inputs, outputs]. Weights lie this way because
// oneDNN reads them so at .97 of the multiply-add peak, and at .65 to .85 of it transposed.
void multiply(const Rows& x, std::int64_t inputs, const float* w, std::int64_t outputs, float* y, std::int64_t y_stride,
              bool add);

// y [x.count, outputs] = x [x.count, inputs] * w^T, w [outputs, inputs].
void multiply_transposed(const Rows& x, std::int64_t inputs, const float* w, std::int64_t outputs, float* y,
                         std::int64_t y_stride);

}  // namespace attnscope
