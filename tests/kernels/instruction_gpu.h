// The instructions on the first NVIDIA GPU of this machine.
#pragma once
#include <vector>

#include "instruction_kernel.h"

namespace attnscope::test {

// Of all lanes. Throws Error where CUDA fails.
std::vector<kernels::InstructionResults> results_of_gpu(const std::vector<kernels::InstructionInputs>& inputs);

}  // namespace attnscope::test
