// The most that one core of this machine, or its GPU, gives: multiply-adds on registers only, measured, never looked
// up.
#pragma once
#include <cstdint>

#include "core/jobs.h"

namespace attnscope::bench {

// float32 fused multiply-adds of an instruction set; `best` is the widest that this processor has. Of a GPU: products
// of 16-bit numbers by mma.sync, the instruction of sm_80 (sm_90 has a faster one, so that a ratio may be above 1
// there), and float32 multiply-adds.
enum class Peak : std::uint8_t { best, avx512, avx2, baseline, gpu_f16, gpu_f32 };

constexpr bool of_gpu(Peak peak) { return peak == Peak::gpu_f16 || peak == Peak::gpu_f32; }

// GFLOP a second of processor time, with job.pool.threads() threads at it: two threads of one core share its units.
// Takes about 60 ms of each. 0 where the machine lacks the instruction set.
double measured_peak(Peak peak, const Job& job);

// The same of the GPU, a second of its own time. 0 where there is none, or no kernel of it in this build.
double measured_gpu_peak(Peak peak);

}  // namespace attnscope::bench
