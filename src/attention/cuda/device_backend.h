// The attention ops on a device that runs CUDA kernels.
#pragma once
#include <memory>

#include "attention/cuda/device.h"
#include "attention/ops.h"

namespace attnscope::cuda {

// The backend has the device's name. It keeps copies of the layers that heads are of (layer_copies.h), and times of
// every kernel (launch.h).
std::unique_ptr<Backend> make_device_backend(std::unique_ptr<Device> device);

}  // namespace attnscope::cuda
