// The first NVIDIA GPU of this machine. The CUDA runtime is linked statically and opens the driver when it is first
// asked, so that a program with this inside starts where no driver is.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "attention/ops.h"

namespace attnscope::cuda {

struct GpuState {
  bool usable = false;
  std::string detail;   // what it is, or why it cannot be used
  bool hopper = false;  // has wgmma and TMA
};

GpuState find_gpu();

// Which kernels are taken where there are several: the fastest that the GPU runs, or those that run on all GPUs.
enum class GpuFamily : std::uint8_t { fastest, sm_80 };

// Its name() is "cuda", of sm_80 "cuda_sm80", and the GPU's name. For a GPU that find_gpu() calls usable.
std::unique_ptr<Backend> make_gpu_backend(GpuFamily family = GpuFamily::fastest);

}  // namespace attnscope::cuda
