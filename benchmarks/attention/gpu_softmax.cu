#include "attention_bench/gpu_softmax.h"

#include "attention_bench/gpu.h"
#include "kernels/head.h"

namespace attnscope::bench {
namespace {

constexpr int row_threads = 256;

// 16 bytes at a time.
template <class Number>
struct alignas(16) Chunk {
  static constexpr int count = 16 / static_cast<int>(sizeof(Number));
  Number x[count];
};

__device__ float to_number(float x, float /*type*/) { return x; }
__device__ kernels::F16 to_number(float x, kernels::F16 type) {
  return {static_cast<std::uint16_t>(kernels::pack(type, x, 0))};
}
__device__ kernels::BF16 to_number(float x, kernels::BF16 type) {
  return {static_cast<std::uint16_t>(kernels::pack(type, x, 0))};
}

// The largest or the sum of all threads' `mine`, to all of them.
template <class Join>
__device__ float of_block(float mine, float* shared, const Join& join) {
  for (int distance = 16; distance > 0; distance /= 2) mine = join(mine, __shfl_xor_sync(~0U, mine, distance));
  if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = mine;
  __syncthreads();
  float all = shared[0];
  for (int warp = 1; warp < row_threads / 32; ++warp) all = join(all, shared[warp]);
  __syncthreads();
  return all;
}

// Which scores of a row count.
struct Visible {
  int begin, end, sinks;
  __device__ bool operator()(int j) const { return (j >= begin && j < end) || j < sinks; }
};

// Calls take(score, whether it counts) for the thread's part of a row; what it changes is written where `writes`.
template <bool writes, class Number, class Take>
__device__ void each_score(Chunk<Number>* row, int chunks, const Visible& visible, const Take& take) {
  for (int c = static_cast<int>(threadIdx.x); c < chunks; c += row_threads) {
    Chunk<Number> chunk = row[c];
    for (int e = 0; e < Chunk<Number>::count; ++e) take(chunk.x[e], visible(c * Chunk<Number>::count + e));
    if (writes) row[c] = chunk;
  }
}

// A block a row.
template <class Number>
__global__ void __launch_bounds__(row_threads) softmax_rows(Number* scores, std::int64_t n, Mask mask) {
  __shared__ float shared[row_threads / 32];
  const std::int64_t i = blockIdx.x;
  auto* row = reinterpret_cast<Chunk<Number>*>(scores + i * n);
  const int chunks = static_cast<int>(n / Chunk<Number>::count);
  const KeyRange window = mask.visible_range(i, n);
  const std::int64_t sinks = mask.sinks < window.begin ? mask.sinks : window.begin;  // none is after the query
  const Visible visible{static_cast<int>(window.begin), static_cast<int>(window.end), static_cast<int>(sinks)};
  float largest = -kernels::infinity, sum = 0;
  each_score<false>(row, chunks, visible, [&](Number score, bool seen) {
    if (seen) largest = fmaxf(largest, kernels::to_float(score));
  });
  largest = of_block(largest, shared, [](float x, float y) { return fmaxf(x, y); });
  each_score<false>(row, chunks, visible, [&](Number score, bool seen) {
    if (seen) sum += __expf(kernels::to_float(score) - largest);
  });
  sum = of_block(sum, shared, [](float x, float y) { return x + y; });
  const float factor = sum > 0 ? 1 / sum : 0;
  each_score<true>(row, chunks, visible, [&](Number& score, bool seen) {
    score = to_number(seen ? __expf(kernels::to_float(score) - largest) * factor : 0.0F, Number{});
  });
}

}  // namespace

void gpu_softmax(void* scores, DType dtype, std::int64_t n, const Mask& mask) {
  const auto rows = static_cast<unsigned>(n);
  if (dtype == DType::f32) softmax_rows<<<rows, row_threads>>>(static_cast<float*>(scores), n, mask);
  if (dtype == DType::f16) softmax_rows<<<rows, row_threads>>>(static_cast<kernels::F16*>(scores), n, mask);
  if (dtype == DType::bf16) softmax_rows<<<rows, row_threads>>>(static_cast<kernels::BF16*>(scores), n, mask);
  check_cuda(cudaGetLastError(), "softmax of a contender");
}

}  // namespace attnscope::bench
