// Memory of the first NVIDIA GPU for the launches of the instruction tests. For their .cu files only.
#pragma once
#include <cuda_runtime.h>

#include <span>
#include <string>
#include <vector>

#include "core/error.h"

namespace attnscope::test {

inline void check(cudaError_t status) {
  if (status != cudaSuccess) throw Error(std::string("CUDA: ") + cudaGetErrorString(status));
}

// Holds a copy of `values`.
template <class T>
class OnDevice {
 public:
  explicit OnDevice(std::span<const T> values) : bytes_(values.size_bytes()) {
    check(cudaMalloc(&data_, bytes_));
    check(cudaMemcpy(data_, values.data(), bytes_, cudaMemcpyHostToDevice));
  }
  ~OnDevice() { cudaFree(data_); }
  OnDevice(const OnDevice&) = delete;
  OnDevice& operator=(const OnDevice&) = delete;
  T* data() const { return static_cast<T*>(data_); }
  // When what was launched has ended.
  void fetch(std::vector<T>& values) const {
    check(cudaGetLastError());
    check(cudaDeviceSynchronize());
    check(cudaMemcpy(values.data(), data_, bytes_, cudaMemcpyDeviceToHost));
  }

 private:
  std::size_t bytes_;
  void* data_ = nullptr;
};

}  // namespace attnscope::test
