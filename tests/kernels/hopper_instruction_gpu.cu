#include "attention/cuda/hopper.h"
#include "hopper_instruction_gpu.h"
#include "on_device.h"

namespace attnscope::test {

std::vector<kernels::HopperInstructionResults> hopper_results_of_gpu(
    const std::vector<kernels::HopperInstructionInputs>& inputs) {
  std::vector<kernels::HopperInstructionResults> results(kernels::hopper_lanes);
  const OnDevice<kernels::HopperInstructionInputs> in(inputs);
  const OnDevice<kernels::HopperInstructionResults> out(results);
  const kernels::HopperInstructionMaps described = kernels::describe(in.data(), cuda::hopper_tensor_map);
  const OnDevice<kernels::HopperInstructionMaps> maps({&described, 1});
  constexpr int shared_bytes = sizeof(kernels::HopperInstructionShared);
  kernels::with_hopper_instruction_kernels(
      {in.data(), maps.data(), out.data(), 0}, [](auto kernel, const kernels::HopperInstructionParameters& parameters) {
        check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, shared_bytes));
        kernel<<<1, kernels::hopper_threads, shared_bytes>>>(parameters);
      });
  out.fetch(results);
  return results;
}

}  // namespace attnscope::test
