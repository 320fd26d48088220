// Matrix products of the forward pass, by oneDNN where the build has it, on the calling thread alone.
#pragma once
#include <cstdint>

namespace attnscope {

// y [rows, outputs] = x [rows, inputs] * w^T (+ y if `add`), w [outputs, inputs]; all float32, rows of x and y
// `x_stride` and `y_stride` numbers apart.
void multiply_transposed(const float* x, std::int64_t x_stride, std::int64_t rows, std::int64_t inputs, const float* w,
                         std::int64_t outputs, float* y, std::int64_t y_stride, bool add);

}  // namespace attnscope
