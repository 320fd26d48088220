// The CUDA runtime's side of a Device; with gpu_lane.h all of the host that names it. Its kernels are those of
// kernels/table.h, compiled by nvcc.
#include <cuda_runtime.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "attention/cuda/device.h"
#include "attention/cuda/device_backend.h"
#include "attention/cuda/gpu_device.h"
#include "attention/cuda/gpu_lane.h"
#include "attention/cuda/hopper.h"

namespace attnscope::cuda {
namespace {

std::string megabytes(std::size_t bytes) { return std::to_string(bytes >> 20U) + " MB"; }

bool is_hopper(const cudaDeviceProp& properties) { return properties.major == 9 && properties.minor == 0; }

KernelAddress address_of(const kernels::KernelChoice& choice) {
  if (choice.id == kernels::KernelId::forward_hopper) return hopper_kernel(choice);
  KernelAddress address;
  kernels::with_kernel(choice, [&]<class Parameters>(void (*function)(Parameters, int)) {
    address = {reinterpret_cast<const void*>(function), sizeof(Parameters)};
  });
  return address;
}

// Lanes that no queue uses.
class IdleLanes {
 public:
  std::unique_ptr<GpuLane> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!lanes_.empty()) {
        std::unique_ptr<GpuLane> lane = std::move(lanes_.back());
        lanes_.pop_back();
        return lane;
      }
    }
    return std::make_unique<GpuLane>();
  }
  void give_back(std::unique_ptr<GpuLane> lane) {
    const std::lock_guard lock(mutex_);
    lanes_.push_back(std::move(lane));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<GpuLane>> lanes_;
};

class GpuQueue final : public Queue {
 public:
  GpuQueue(IdleLanes& lanes, int processors, bool hopper)
      : lanes_(lanes), processors_(processors), hopper_(hopper), lane_(lanes.take()) {}
  ~GpuQueue() override {
    for (void* memory : memory_) cudaFreeAsync(memory, stream());
    cudaStreamSynchronize(stream());
    lanes_.give_back(std::move(lane_));
  }

  void* allocate(std::size_t bytes) override {
    void* memory = nullptr;
    check(cudaMallocAsync(&memory, std::max<std::size_t>(bytes, 1), stream()), megabytes(bytes));
    memory_.push_back(memory);
    return memory;
  }
  void upload(void* to, const void* from, std::size_t bytes) override {
    if (bytes == 0) return;
    const auto* begin = static_cast<const std::byte*>(from);
    lane_->staging().upload_rows({static_cast<std::byte*>(to), bytes}, {begin, bytes}, bytes, 1);
  }
  void upload_rows(Rows<std::byte> to, Rows<const std::byte> from, std::size_t row_bytes, std::size_t rows) override {
    lane_->staging().upload_rows(to, from, row_bytes, rows);
  }
  void download(void* to, const void* from, std::size_t bytes) override {
    lane_->staging().download(static_cast<std::byte*>(to), static_cast<const std::byte*>(from), bytes);
  }
  void finish() override { check(cudaStreamSynchronize(stream()), "copies to the GPU"); }

  int blocks_at_once(const Launch& launch) override {
    int of_a_processor = 0;
    check(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&of_a_processor, prepared(launch),
                                                        kernels::threads_of(launch.kernel.id), launch.shared_bytes),
          name(launch));
    return processors_ * std::max(1, of_a_processor);
  }

  DescribeMatrix describe_matrix() const override { return hopper_ ? hopper_tensor_map : nullptr; }

  double run(const Launch& launch, int first, int count, const Job& /*job*/) override {
    const void* kernel = prepared(launch);
    cudaLaunchConfig_t shape{};
    shape.gridDim = dim3(static_cast<unsigned>(count));
    shape.blockDim = dim3(static_cast<unsigned>(kernels::threads_of(launch.kernel.id)));
    shape.dynamicSmemBytes = launch.shared_bytes;
    shape.stream = stream();
    void* arguments[] = {const_cast<void*>(launch.parameters), &first};
    lane_->begin.record(stream());
    check(cudaLaunchKernelExC(&shape, kernel, arguments), name(launch));
    lane_->end.record(stream());
    lane_->end.wait(name(launch).c_str());
    return lane_->end.seconds_since(lane_->begin);
  }

 private:
  cudaStream_t stream() const { return lane_->stream(); }
  static std::string name(const Launch& launch) {
    return std::string("kernel ") + kernels::name_of(launch.kernel.id) + " of " +
           std::string(attnscope::name_of(launch.kernel.dtype));
  }

  // The kernel, allowed its shared memory.
  static const void* prepared(const Launch& launch) {
    const KernelAddress address = address_of(launch.kernel);
    if (address.parameter_bytes != launch.parameter_bytes) throw Error(name(launch) + ": parameters of another kernel");
    check(cudaFuncSetAttribute(address.kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                               static_cast<int>(launch.shared_bytes)),
          name(launch));
    return address.kernel;
  }

  IdleLanes& lanes_;
  int processors_;
  bool hopper_;
  std::unique_ptr<GpuLane> lane_;
  std::vector<void*> memory_;
};

class GpuDevice final : public Device {
 public:
  explicit GpuDevice(GpuFamily family) {
    cudaDeviceProp properties{};
    check(cudaGetDeviceProperties(&properties, 0), "the GPU's properties");
    name_ = std::string(family == GpuFamily::sm_80 ? "cuda_sm80 " : "cuda ") + properties.name;
    processors_ = properties.multiProcessorCount;
    hopper_ = family == GpuFamily::fastest && is_hopper(properties);
    std::size_t free = 0, all = 0;
    check(cudaMemGetInfo(&free, &all), "the GPU's memory");
    layer_budget_ = free / 2;
    // What queues gave back stays here for the next, up to this.
    std::uint64_t kept = std::min<std::uint64_t>(free / 16, std::uint64_t{256} << 20U);
    cudaMemPool_t pool = nullptr;
    check(cudaDeviceGetDefaultMemPool(&pool, 0), "the GPU's memory");
    check(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &kept), "the GPU's memory");
  }
  std::string_view name() const override { return name_; }
  std::unique_ptr<Queue> open() override { return std::make_unique<GpuQueue>(lanes_, processors_, hopper_); }
  std::shared_ptr<void> allocate(std::size_t bytes) override {
    void* memory = nullptr;
    check(cudaMalloc(&memory, std::max<std::size_t>(bytes, 1)), megabytes(bytes));
    return {memory, [](void* freed) { cudaFree(freed); }};
  }
  // Half of what was free at first, as captures take half of the host's: the rest is for queues and other programs.
  std::size_t layer_budget() const override { return layer_budget_; }

 private:
  std::string name_;
  int processors_ = 1;
  bool hopper_ = false;
  std::size_t layer_budget_ = 0;
  IdleLanes lanes_;
};

}  // namespace

GpuState find_gpu() {
  int driver = 0;
  if (cudaDriverGetVersion(&driver) != cudaSuccess || driver == 0) return {false, "there is no NVIDIA driver here"};
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  cudaGetLastError();
  if (status == cudaErrorInsufficientDriver) {
    return {false, "the NVIDIA driver is of CUDA " + std::to_string(driver / 1000) + ", too old for CUDA " +
                       std::to_string(CUDART_VERSION / 1000)};
  }
  if (status == cudaErrorNoDevice || count == 0) return {false, "there is no NVIDIA GPU here"};
  cudaDeviceProp properties{};
  if (status != cudaSuccess || cudaGetDeviceProperties(&properties, 0) != cudaSuccess)
    return {false, std::string("the NVIDIA driver says: ") + cudaGetErrorString(status)};
  const std::string name = properties.name;
  if (properties.major < 8) {
    return {false, name + " is too old: compute capability " + std::to_string(properties.major) + "." +
                       std::to_string(properties.minor) + ", 8.0 is needed"};
  }
  cudaFuncAttributes attributes{};
  const cudaError_t found = cudaFuncGetAttributes(&attributes, address_of({kernels::KernelId::select}).kernel);
  cudaGetLastError();
  if (found == cudaErrorInvalidDeviceFunction || found == cudaErrorNoKernelImageForDevice)
    return {false, "this build has no kernels for " + name};
  if (found != cudaSuccess) return {false, name + " cannot be used: " + cudaGetErrorString(found)};
  return {true, name, is_hopper(properties)};
}

std::unique_ptr<Backend> make_gpu_backend(GpuFamily family) {
  return make_device_backend(std::make_unique<GpuDevice>(family));
}

}  // namespace attnscope::cuda
