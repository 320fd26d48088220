// The forward pass's work between the matrix products, on rows of float32.
#pragma once
#include <cstdint>

namespace attnscope {

// y = x / sqrt(mean(x^2) + epsilon) * weight over n numbers (Zhang and Sennrich 2019); y may be x.
void rms_norm(const float* x, const float* weight, std::int64_t n, float epsilon, float* y);

// gate[i] = silu(gate[i]) * up[i], silu(x) = x / (1 + exp(-x)) (Shazeer 2020).
void silu_multiply(float* gate, const float* up, std::int64_t n);

// Rotates pairs (c, c + pairs) of one head's row by angles given as cosines and sines [pairs] (Su et al. 2021).
void rotate(float* row, const float* cosines, const float* sines, std::int64_t pairs);

// Whether none of n numbers is infinite or NaN.
bool all_finite(const float* x, std::int64_t n);

}  // namespace attnscope
