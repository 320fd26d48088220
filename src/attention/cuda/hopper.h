// What gpu_device.cu needs of the one file that is compiled for sm_90a.
#pragma once
#include "kernels/async_types.h"
#include "kernels/kernel_choice.h"

namespace attnscope::cuda {

struct KernelAddress {
  const void* kernel = nullptr;
  std::size_t parameter_bytes = 0;
};

// Of forward_hopper.
KernelAddress hopper_kernel(const kernels::KernelChoice& choice);

// Throws Error with the reason where the driver cannot.
kernels::TensorMap hopper_tensor_map(const kernels::BoxedMatrix& matrix);

}  // namespace attnscope::cuda
