#include <algorithm>
#include <array>

#include "attention_bench/gpu.h"
#include "attention_bench/peak.h"
#include "kernels/instructions.h"

namespace attnscope::bench {
namespace {

constexpr int block_threads = 256;
constexpr int chains = 8;  // more than one warp of a scheduler needs to hide the latency of a product

// Products of 16 x 16 by 16 x 8 on registers alone. Nobody's `never` is the sum, but the compiler cannot know.
__global__ void __launch_bounds__(block_threads) multiply_halves(int rounds, float never, float* out) {
  float d[chains][4] = {};
  const unsigned a[4] = {threadIdx.x, threadIdx.x + 1, threadIdx.x + 2, threadIdx.x + 3};
  for (int round = 0; round < rounds; ++round) {
#pragma unroll
    for (int c = 0; c < chains; ++c) kernels::multiply(kernels::F16{}, d[c], a, threadIdx.x, threadIdx.x + 1);
  }
  float sum = 0;
  for (int c = 0; c < chains; ++c) sum += d[c][0] + d[c][1] + d[c][2] + d[c][3];
  if (sum == never) *out = sum;
}
constexpr double flops_of_a_warp = 2.0 * 16 * 16 * 8 * chains;

__global__ void __launch_bounds__(block_threads) multiply_floats(int rounds, float never, float* out) {
  float d[chains][4] = {};
  float factor = 0.999999F + static_cast<float>(threadIdx.x) * 1e-9F;
  for (int round = 0; round < rounds; ++round) {
#pragma unroll
    for (int c = 0; c < chains; ++c) {
#pragma unroll
      for (int i = 0; i < 4; ++i) d[c][i] = fmaf(d[c][i], factor, 1e-6F);
    }
  }
  float sum = 0;
  for (int c = 0; c < chains; ++c) sum += d[c][0] + d[c][1] + d[c][2] + d[c][3];
  if (sum == never) *out = sum;
}
constexpr double flops_of_a_thread = 2.0 * 4 * chains;

}  // namespace

double measured_gpu_peak(Peak peak) {
  if (!why_no_gpu().empty()) return 0;
  int processors = 0;
  check_cuda(cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, 0), "the number of processors");
  const int blocks = processors * 4;  // 32 warps a processor
  const int rounds = peak == Peak::gpu_f16 ? 1 << 13 : 1 << 14;
  const double threads = static_cast<double>(blocks) * block_threads;
  const double flops =
      rounds * (peak == Peak::gpu_f16 ? threads / 32 * flops_of_a_warp : threads * flops_of_a_thread);
  GpuMemory memory;
  auto* out = static_cast<float*>(memory.room(sizeof(float)));
  GpuClock clock;
  std::array<double, 7> tries{};
  for (double& gflops : tries) {
    clock.begin();
    (peak == Peak::gpu_f16 ? multiply_halves : multiply_floats)<<<blocks, block_threads>>>(rounds, -1, out);
    check_cuda(cudaGetLastError(), "the peak's kernel");
    gflops = flops / clock.end() / 1e9;
  }
  std::sort(tries.begin(), tries.end());
  return tries[tries.size() / 2];
}

}  // namespace attnscope::bench
