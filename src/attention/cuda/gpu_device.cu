// The CUDA runtime's side of a Device; the only file of the host that names it. Its kernels are those of
// kernels/table.h, compiled by nvcc.
#include <cuda_runtime.h>

#include <algorithm>
#include <string>

#include "attention/cuda/device.h"
#include "attention/cuda/device_backend.h"
#include "attention/cuda/gpu_device.h"
#include "attention/cuda/hopper.h"
#include "core/error.h"

namespace attnscope::cuda {
namespace {

void check(cudaError_t status, const std::string& what) {
  if (status == cudaSuccess) return;
  cudaGetLastError();  // forgets it, where it is not one that stays
  throw Error("CUDA: " + what + ": " + cudaGetErrorString(status));
}

KernelAddress address_of(const kernels::KernelChoice& choice) {
  if (choice.id == kernels::KernelId::forward_hopper) return hopper_kernel(choice);
  KernelAddress address;
  kernels::with_kernel(choice, [&]<class Parameters>(void (*function)(Parameters, int)) {
    address = {reinterpret_cast<const void*>(function), sizeof(Parameters)};
  });
  return address;
}

class Event {
 public:
  Event() { check(cudaEventCreate(&event_), "an event"); }
  ~Event() { cudaEventDestroy(event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  void record(cudaStream_t stream) { check(cudaEventRecord(event_, stream), "an event"); }
  float milliseconds_since(const Event& earlier) const {
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, earlier.event_, event_), "the time of a launch");
    return milliseconds;
  }

 private:
  cudaEvent_t event_ = nullptr;
};

class GpuStream final : public Stream {
 public:
  GpuStream(int processors, bool hopper) : processors_(processors), hopper_(hopper) {
    check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "a stream");
  }
  ~GpuStream() override {
    for (void* memory : memory_) cudaFreeAsync(memory, stream_);
    cudaStreamSynchronize(stream_);
    cudaStreamDestroy(stream_);
  }

  void* allocate(std::size_t bytes) override {
    void* memory = nullptr;
    check(cudaMallocAsync(&memory, std::max<std::size_t>(bytes, 1), stream_), std::to_string(bytes >> 20U) + " MB");
    memory_.push_back(memory);
    return memory;
  }
  void upload(void* to, const void* from, std::size_t bytes) override {
    if (bytes > 0) check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream_), "a copy to the GPU");
  }
  void upload_rows(Rows<std::byte> to, Rows<const std::byte> from, std::size_t row_bytes, std::size_t rows) override {
    if (to.pitch != row_bytes) check(cudaMemsetAsync(to.data, 0, to.pitch * rows, stream_), "zeros");
    // A single row may be said to lie anywhere, but not nearer than its length.
    const std::size_t pitch = std::max(from.pitch, row_bytes);
    check(cudaMemcpy2DAsync(to.data, to.pitch, from.data, pitch, row_bytes, rows, cudaMemcpyHostToDevice, stream_),
          "a copy to the GPU");
  }
  void download(void* to, const void* from, std::size_t bytes) override {
    if (bytes == 0) return;
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream_), "a copy from the GPU");
    check(cudaStreamSynchronize(stream_), "a copy from the GPU");
  }

  DescribeMatrix describe_matrix() const override { return hopper_ ? hopper_tensor_map : nullptr; }

  // In parts of about 8 ms, by the time that the part before took: the GPU may have a screen to draw, and a stop is
  // answered in between.
  void launch(const Launch& launch, const Job& job) override {
    const std::string name = std::string("kernel ") + kernels::name_of(launch.kernel.id);
    const KernelAddress address = address_of(launch.kernel);
    if (address.parameter_bytes != launch.parameter_bytes) throw Error(name + ": parameters of another kernel");
    check(cudaFuncSetAttribute(address.kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                               static_cast<int>(launch.shared_bytes)),
          name);
    if (job.progress != nullptr) job.progress->expect(static_cast<std::uint64_t>(launch.blocks));
    Event begin, end;
    int at_once = std::max(1, static_cast<int>(std::min(2.0 * processors_, first_part_work / launch.block_work)));
    for (int first = 0; first < launch.blocks;) {
      job.throw_if_stopped();
      const int blocks = std::min(at_once, launch.blocks - first);
      begin.record(stream_);
      start(address.kernel, launch, blocks, first, name);
      end.record(stream_);
      check(cudaStreamSynchronize(stream_), name);
      const float milliseconds = std::max(end.milliseconds_since(begin), 0.01F);
      const double fitting = static_cast<double>(blocks) * wanted_milliseconds / milliseconds;
      at_once = static_cast<int>(std::clamp(fitting, 1.0, 1e6));
      first += blocks;
      if (job.progress != nullptr) job.progress->finish(static_cast<std::uint64_t>(blocks));
    }
    job.throw_if_stopped();
  }

 private:
  static constexpr double wanted_milliseconds = 8;
  static constexpr double first_part_work = 4e9;  // 8 ms at 0.5 TFLOP/s, less than any GPU of these does

  void start(const void* kernel, const Launch& launch, int blocks, int first, const std::string& name) {
    cudaLaunchConfig_t shape{};
    shape.gridDim = dim3(static_cast<unsigned>(blocks));
    shape.blockDim = dim3(static_cast<unsigned>(kernels::threads_of(launch.kernel.id)));
    shape.dynamicSmemBytes = launch.shared_bytes;
    shape.stream = stream_;
    void* arguments[] = {const_cast<void*>(launch.parameters), &first};
    check(cudaLaunchKernelExC(&shape, kernel, arguments), name);
  }

  int processors_;
  bool hopper_;
  cudaStream_t stream_ = nullptr;
  std::vector<void*> memory_;
};

class GpuDevice final : public Device {
 public:
  GpuDevice() {
    cudaDeviceProp properties{};
    check(cudaGetDeviceProperties(&properties, 0), "the GPU's properties");
    name_ = std::string("cuda ") + properties.name;
    processors_ = properties.multiProcessorCount;
    hopper_ = properties.major == 9 && properties.minor == 0;
  }
  std::string_view name() const override { return name_; }
  std::unique_ptr<Stream> open() override { return std::make_unique<GpuStream>(processors_, hopper_); }

 private:
  std::string name_;
  int processors_ = 1;
  bool hopper_ = false;
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
  if (cudaFuncGetAttributes(&attributes, address_of({kernels::KernelId::select}).kernel) != cudaSuccess) {
    cudaGetLastError();
    return {false, "this build has no kernels for " + name};
  }
  return {true, name};
}

std::unique_ptr<Backend> make_gpu_backend() { return make_device_backend(std::make_unique<GpuDevice>()); }

}  // namespace attnscope::cuda
