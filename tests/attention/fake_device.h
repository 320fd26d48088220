// A device whose memory is ordinary memory of a chosen size and whose kernels do nothing but take a chosen time: for
// tests of what surrounds kernels. Uploads are done as late as they may be.
#pragma once
#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "attention/cuda/device.h"

namespace attnscope::test {

class FakeDevice final : public cuda::Device {
 public:
  // Settings.
  std::size_t memory = std::size_t{1} << 40U;  // bytes; more throw DeviceOutOfMemory
  std::size_t budget = std::size_t{1} << 30U;
  cuda::Queue::DescribeMatrix describe = nullptr;
  int at_once = 100;                                                                       // blocks
  std::function<double(int first, int count)> seconds_of = [](int, int) { return 1e-3; };  // may throw

  // What happened.
  struct Part {
    int first, count;
    double seconds;
  };
  std::vector<Part> parts;        // of one thread's launches
  std::atomic<int> matrices = 0;  // uploaded by rows
  std::atomic<std::size_t> allocated = 0, most_allocated = 0;

  std::string_view name() const override { return "fake"; }
  std::unique_ptr<cuda::Queue> open() override;
  std::shared_ptr<void> allocate(std::size_t bytes) override;
  std::size_t layer_budget() const override { return budget; }

 private:
  std::mutex mutex_;
};

}  // namespace attnscope::test
