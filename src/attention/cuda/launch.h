// Launches kernels: in parts that are short, with the time that each kernel took.
#pragma once
#include <map>
#include <mutex>
#include <vector>

#include "attention/cuda/device.h"
#include "attention/ops.h"

namespace attnscope::cuda {

// Safe for use from several threads.
class Launcher {
 public:
  // A part takes `wanted_seconds` or less, as far as the parts of this kernel before it tell, so that a GPU that has a
  // screen to draw gets to it (10 ms at most) and a stop is answered; but never fewer blocks than run at once.
  static constexpr double wanted_seconds = 5e-3;

  // Runs all blocks to their end; counts them in job.progress. Returns the seconds that they took on the device. Throws
  // Stopped soon after job.stop was requested.
  double launch(Queue& queue, const Launch& launch, const Job& job);

  std::vector<KernelTime> times() const;

 private:
  struct Known {
    double rate = 0;  // work a second of one block among all that run at once, last measured; 0 before
    std::uint64_t launches = 0;
    double seconds = 0;
  };
  double rate_of(const kernels::KernelChoice& kernel) const;
  void add(const kernels::KernelChoice& kernel, double rate, double seconds);

  mutable std::mutex mutex_;
  std::map<kernels::KernelChoice, Known> known_;
};

}  // namespace attnscope::cuda
