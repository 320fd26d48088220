// The instructions of sm_90 on the first NVIDIA GPU of this machine, which has them.
#pragma once
#include <vector>

#include "hopper_instruction_kernel.h"

namespace attnscope::test {

// Of the multiplying threads. `inputs` is one. Throws Error where CUDA fails.
std::vector<kernels::HopperInstructionResults> hopper_results_of_gpu(
    const std::vector<kernels::HopperInstructionInputs>& inputs);

}  // namespace attnscope::test
