#include "instruction_gpu.h"
#include "on_device.h"

namespace attnscope::test {

std::vector<kernels::InstructionResults> results_of_gpu(const std::vector<kernels::InstructionInputs>& inputs) {
  std::vector<kernels::InstructionResults> results(inputs.size());
  const OnDevice<kernels::InstructionInputs> in(inputs);
  const OnDevice<kernels::InstructionResults> out(results);
  kernels::put_through_instructions<<<1, kernels::instruction_lanes, sizeof(kernels::InstructionShared)>>>(
      {in.data(), out.data()});
  out.fetch(results);
  return results;
}

}  // namespace attnscope::test
