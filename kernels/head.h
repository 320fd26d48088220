// One head as a kernel sees it: rows of numbers in the device's memory, the score and the mask.
#pragma once
#include "core/mask.h"
#include "kernels/instructions.h"

namespace attnscope::kernels {

constexpr float infinity = HUGE_VALF;

// Rows lie `width` (v: `value_width`) numbers apart, a multiple of 16, and are zero beyond head_dim; k and v
// begin at a multiple of 256 bytes, q at one of its row's length. `value_dim` is v's width without the zeros.
struct Head {
  const void* q;
  const void* k;
  const void* v;
  int n_q, n_k;
  int width, value_width, value_dim;
  float scale, cap, slope;  // cap 0: none
  float sink_logit;         // -infinity: none
  Mask mask;
};

// Which queries or keys are meant: entry t is rows[t], or `first` + t where there is no list.
struct RowList {
  const int* rows = nullptr;
  int first = 0;
  int count = 0;

  __device__ __forceinline__ int at(int t) const { return rows == nullptr ? first + t : rows[t]; }

  // All of the entries [begin, begin + length), length > 0, lie in this range.
  __device__ __forceinline__ KeyRange span(int begin, int length) const {
    if (rows == nullptr) return {first + begin, first + begin + length};
    int least = rows[begin], most = rows[begin];
    for (int t = begin + 1; t < begin + length; ++t) {
      least = lesser(least, rows[t]);
      most = greater(most, rows[t]);
    }
    return {least, most + 1};
  }
};

// s[i,j] before the mask, from the dot product.
__device__ __forceinline__ float finished_score(const Head& head, float product, int i, int j) {
  float s = head.scale * product;
  if (head.cap != 0) s = head.cap * tanhf(s / head.cap);
  if (head.slope != 0) s += head.slope * static_cast<float>(j - i - head.mask.offset);
  return s;
}

// exp(s + a + b) is 0 for an `a` that is not finite (ops.h).
__device__ __forceinline__ float usable_bias(float a) { return a - a == 0 ? a : -infinity; }

// sum += x, where `lost` keeps what the additions so far have rounded away (Kahan 1965).
__device__ __forceinline__ void add_to(float& sum, float& lost, float x) {
  const float corrected = x - lost;
  const float next = sum + corrected;
  lost = (next - sum) - corrected;
  sum = next;
}

// A running sum whose error does not grow with its length.
struct Sum {
  float value = 0;
  float lost = 0;

  __device__ __forceinline__ void add(float x) { add_to(value, lost, x); }
  __device__ __forceinline__ void scale(float factor) {
    value *= factor;
    lost *= factor;
  }
};

}  // namespace attnscope::kernels
