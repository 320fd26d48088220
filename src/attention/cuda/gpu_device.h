// The first NVIDIA GPU of this machine. The CUDA runtime is linked statically and opens the driver when it is first
// asked, so that a program with this inside starts where no driver is.
#pragma once
#include <memory>
#include <string>

#include "attention/ops.h"

namespace attnscope::cuda {

struct GpuState {
  bool usable = false;
  std::string detail;  // what it is, or why it cannot be used
};

GpuState find_gpu();

// Its name() is "cuda" and the GPU's name. For a GPU that find_gpu() calls usable.
std::unique_ptr<Backend> make_gpu_backend();

}  // namespace attnscope::cuda
