#include "attention/cuda/emulated_device.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <mutex>

#include "attention/cuda/device.h"
#include "attention/cuda/device_backend.h"
#include "core/error.h"
#include "kernels/emulation/box_copies.h"
#include "kernels/table_hopper.h"

namespace attnscope::cuda {
namespace {

// Memory of exactly the asked size, so that AddressSanitizer sees what reaches beyond; NaN until it is written.
class EmulatedMemory {
 public:
  explicit EmulatedMemory(std::size_t bytes) : data_(new (alignment) std::byte[bytes]) {
    std::memset(data_, 0xff, bytes);
  }
  ~EmulatedMemory() { ::operator delete[](data_, alignment); }
  EmulatedMemory(const EmulatedMemory&) = delete;
  EmulatedMemory& operator=(const EmulatedMemory&) = delete;
  std::byte* data() { return data_; }

 private:
  static constexpr std::align_val_t alignment{256};
  std::byte* data_;
};

// What the streams of a device share.
struct Emulator {
  emulation::Schedule schedule;
  emulation::Counters* counters;
  EmulatedFamily family;
  std::mutex mutex;
  std::vector<std::unique_ptr<emulation::BlockRunner>> idle;

  std::unique_ptr<emulation::BlockRunner> take() {
    const std::lock_guard lock(mutex);
    if (idle.empty()) return std::make_unique<emulation::BlockRunner>();
    std::unique_ptr<emulation::BlockRunner> runner = std::move(idle.back());
    idle.pop_back();
    return runner;
  }
  void give_back(std::unique_ptr<emulation::BlockRunner> runner) {
    const std::lock_guard lock(mutex);
    if (counters != nullptr) counters->add(runner->take_counters());
    idle.push_back(std::move(runner));
  }
};

class EmulatedQueue final : public Queue {
 public:
  explicit EmulatedQueue(Emulator& emulator) : emulator_(emulator) {}

  void* allocate(std::size_t bytes) override {
    return memory_.emplace_back(std::make_unique<EmulatedMemory>(bytes))->data();
  }
  void upload(void* to, const void* from, std::size_t bytes) override {
    if (bytes > 0) std::memcpy(to, from, bytes);
  }
  void upload_rows(Rows<std::byte> to, Rows<const std::byte> from, std::size_t row_bytes, std::size_t rows) override {
    std::memset(to.data, 0, to.pitch * rows);
    for (std::size_t r = 0; r < rows; ++r) std::memcpy(to.data + r * to.pitch, from.data + r * from.pitch, row_bytes);
  }
  void download(void* to, const void* from, std::size_t bytes) override {
    if (bytes > 0) std::memcpy(to, from, bytes);
  }
  DescribeMatrix describe_matrix() const override {
    return emulator_.family == EmulatedFamily::sm_90 ? emulation::tensor_map : nullptr;
  }
  void finish() override {}

  // The pool's tasks are blocks: a launch need not be cut for a stop to be answered.
  int blocks_at_once(const Launch& launch) override { return std::max(1, launch.blocks); }

  // As if in three parts: kernels must count their blocks from where a part begins. Seconds of the host's clock.
  double run(const Launch& launch, int first, int count, const Job& job) override {
    const bool hopper = launch.kernel.id == kernels::KernelId::forward_hopper;
    const int part = kernels::divide_up(count, 3);
    const auto began = std::chrono::steady_clock::now();
    job.pool.run(static_cast<std::size_t>(count), job, [&](std::size_t index, unsigned /*slot*/) {
      const int begin = static_cast<int>(index) / part * part;
      const emulation::BlockShape shape{static_cast<unsigned>(static_cast<int>(index) - begin),
                                        static_cast<unsigned>(part),
                                        static_cast<unsigned>(kernels::threads_of(launch.kernel.id)),
                                        launch.shared_bytes, hopper ? shared_of_sm_90 : shared_of_sm_86};
      std::unique_ptr<emulation::BlockRunner> runner = emulator_.take();
      const auto run = [&]<class Parameters>(void (*kernel)(Parameters, int)) {
        if (sizeof(Parameters) != launch.parameter_bytes)
          throw Error(std::string("kernel ") + name_of(launch.kernel.id) + ": parameters of another kernel");
        const auto& parameters = *static_cast<const Parameters*>(launch.parameters);
        runner->run(shape, emulator_.schedule, job.stop, [&] { kernel(parameters, first + begin); });
      };
      if (hopper) {
        kernels::with_hopper_kernel(launch.kernel, run);
      } else {
        kernels::with_kernel(launch.kernel, run);
      }
      emulator_.give_back(std::move(runner));
    });
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  }

 private:
  static constexpr std::size_t shared_of_sm_86 = std::size_t{99} << 10U;  // of sm_89 and sm_120 too; others have more
  static constexpr std::size_t shared_of_sm_90 = std::size_t{227} << 10U;

  Emulator& emulator_;
  std::vector<std::unique_ptr<EmulatedMemory>> memory_;
};

class EmulatedDevice final : public Device {
 public:
  EmulatedDevice(const emulation::Schedule& schedule, emulation::Counters* counters, EmulatedFamily family)
      : emulator_{schedule, counters, family, {}, {}} {}
  std::string_view name() const override {
    return emulator_.family == EmulatedFamily::sm_90 ? "emulation_sm90" : "emulation";
  }
  std::unique_ptr<Queue> open() override { return std::make_unique<EmulatedQueue>(emulator_); }
  std::shared_ptr<void> allocate(std::size_t bytes) override {
    const auto memory = std::make_shared<EmulatedMemory>(bytes);
    return {memory, memory->data()};
  }
  std::size_t layer_budget() const override { return std::size_t{256} << 20U; }

 private:
  Emulator emulator_;
};

}  // namespace

std::unique_ptr<Backend> make_emulated_backend(const emulation::Schedule& schedule, emulation::Counters* counters,
                                               EmulatedFamily family) {
  return make_device_backend(std::make_unique<EmulatedDevice>(schedule, counters, family));
}

}  // namespace attnscope::cuda
