// What a queue of a GPU needs and others may use after it: a stream, events, pinned buffers. Making them takes
// milliseconds, so that a device keeps them. For gpu_device.cu only: names the CUDA runtime.
#pragma once
#include <cuda_runtime.h>

#include <array>
#include <cstddef>
#include <span>
#include <string>

#include "attention/cuda/staging.h"
#include "attention/device_error.h"

namespace attnscope::cuda {

inline void check(cudaError_t status, const std::string& what) {
  if (status == cudaSuccess) return;
  cudaGetLastError();  // forgets it, where it is not one that stays
  const std::string message = "CUDA: " + what + ": " + cudaGetErrorString(status);
  if (status == cudaErrorMemoryAllocation) throw DeviceOutOfMemory(message);
  // Errors of a kernel come back from every call of the process from then on.
  std::size_t free = 0, all = 0;
  if (cudaMemGetInfo(&free, &all) != cudaSuccess) throw DeviceLost(message);
  throw Error(message);
}

class GpuEvent {
 public:
  GpuEvent() { check(cudaEventCreate(&event_), "an event"); }
  ~GpuEvent() { cudaEventDestroy(event_); }
  GpuEvent(const GpuEvent&) = delete;
  GpuEvent& operator=(const GpuEvent&) = delete;
  void record(cudaStream_t stream) { check(cudaEventRecord(event_, stream), "an event"); }
  void wait(const char* what) { check(cudaEventSynchronize(event_), what); }
  double seconds_since(const GpuEvent& earlier) const {
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, earlier.event_, event_), "the time of a launch");
    return 1e-3 * static_cast<double>(milliseconds);
  }

 private:
  cudaEvent_t event_ = nullptr;
};

class PinnedBuffer {
 public:
  explicit PinnedBuffer(std::size_t bytes) : bytes_(bytes) {
    check(cudaHostAlloc(&data_, bytes, cudaHostAllocDefault), "pinned memory");
  }
  ~PinnedBuffer() { cudaFreeHost(data_); }
  PinnedBuffer(const PinnedBuffer&) = delete;
  PinnedBuffer& operator=(const PinnedBuffer&) = delete;
  std::span<std::byte> bytes() { return {static_cast<std::byte*>(data_), bytes_}; }

 private:
  void* data_ = nullptr;
  std::size_t bytes_;
};

class GpuStream {
 public:
  GpuStream() { check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "a stream"); }
  ~GpuStream() { cudaStreamDestroy(stream_); }
  GpuStream(const GpuStream&) = delete;
  GpuStream& operator=(const GpuStream&) = delete;
  cudaStream_t get() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
};

class GpuLane final : public StagingBuffers {
 public:
  cudaStream_t stream() const { return stream_.get(); }
  Staging& staging() { return staging_; }

  std::span<std::byte> buffer(int which) override { return at(which).memory.bytes(); }
  void send(int which, void* to, std::size_t bytes) override {
    copy(which, to, buffer(which).data(), bytes, cudaMemcpyHostToDevice, "a copy to the GPU");
  }
  void receive(int which, const void* from, std::size_t bytes) override {
    copy(which, buffer(which).data(), from, bytes, cudaMemcpyDeviceToHost, "a copy from the GPU");
  }
  void wait(int which) override { at(which).done.wait("a copy to or from the GPU"); }

  GpuEvent begin, end;  // of a launch

 private:
  struct Buffer {
    PinnedBuffer memory{bytes_of_buffer};
    GpuEvent done;  // one never recorded is done
  };
  static constexpr std::size_t bytes_of_buffer = std::size_t{2} << 20U;

  Buffer& at(int which) { return buffers_[static_cast<std::size_t>(which)]; }
  void copy(int which, void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, const char* what) {
    check(cudaMemcpyAsync(to, from, bytes, kind, stream()), what);
    at(which).done.record(stream());
  }

  GpuStream stream_;
  std::array<Buffer, 2> buffers_;
  Staging staging_{*this};
};

}  // namespace attnscope::cuda
