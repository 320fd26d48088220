// The most that one core of this machine gives: fused multiply-adds on registers only, measured, never looked up.
#pragma once
#include <cstdint>

#include "core/jobs.h"

namespace attnscope::bench {

// float32 fused multiply-adds of an instruction set; `best` is the widest that this processor has.
enum class Peak : std::uint8_t { best, avx512, avx2, baseline };

// GFLOP a second of processor time, with job.pool.threads() threads at it: two threads of one core share its units.
// Takes about 60 ms of each. 0 where the machine lacks the instruction set.
double measured_peak(Peak peak, const Job& job);

}  // namespace attnscope::bench
