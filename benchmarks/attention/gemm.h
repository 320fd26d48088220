// Matrix products of a library (oneDNN) and the softmax between them, for the contenders that are built on one.
#pragma once
#include <cstdint>

namespace attnscope::bench {

// c [m, n] = a [m, k] times b, plus c where `add`; b is [n, k] if `b_transposed`, else [k, n]. On the calling thread.
void multiply(bool b_transposed, std::int64_t m, std::int64_t n, std::int64_t k, const float* a, std::int64_t a_stride,
              const float* b, std::int64_t b_stride, bool add, float* c, std::int64_t c_stride);

// The largest of row[0, count), count > 0.
float largest_of(const float* row, std::int64_t count);
// row[i] becomes exp(scale * row[i] - shift); returns their sum.
float exponentiate(float* row, std::int64_t count, float scale, float shift);

}  // namespace attnscope::bench
