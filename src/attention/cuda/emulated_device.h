// A device that executes kernels on the CPU, exactly and slowly: for tests where there is no GPU.
#pragma once
#include <memory>

#include "attention/ops.h"
#include "kernels/emulation/block.h"

namespace attnscope::cuda {

// The instructions that the emulated GPU has: mma.sync, or wgmma and TMA too.
enum class EmulatedFamily : std::uint8_t { sm_80, sm_90 };

// Its name() is "emulation", of sm_90 "emulation_sm90". Blocks run in the pool of the job, their threads by `schedule`.
// `counters`, if given, is what all launches that have ended add to; it must live as long as the backend.
std::unique_ptr<Backend> make_emulated_backend(const emulation::Schedule& schedule = {},
                                               emulation::Counters* counters = nullptr,
                                               EmulatedFamily family = EmulatedFamily::sm_80);

}  // namespace attnscope::cuda
