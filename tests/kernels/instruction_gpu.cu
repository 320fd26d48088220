#include "instruction_gpu.h"

#include <cuda_runtime.h>

#include "core/error.h"

namespace attnscope::test {
namespace {

void check(cudaError_t status) {
  if (status != cudaSuccess) throw Error(std::string("CUDA: ") + cudaGetErrorString(status));
}

// Memory of the device that holds `values`.
template <class T>
class OnDevice {
 public:
  explicit OnDevice(const std::vector<T>& values) : bytes_(values.size() * sizeof(T)) {
    check(cudaMalloc(&data_, bytes_));
    check(cudaMemcpy(data_, values.data(), bytes_, cudaMemcpyHostToDevice));
  }
  ~OnDevice() { cudaFree(data_); }
  OnDevice(const OnDevice&) = delete;
  OnDevice& operator=(const OnDevice&) = delete;
  T* data() const { return static_cast<T*>(data_); }
  void fetch(std::vector<T>& values) const { check(cudaMemcpy(values.data(), data_, bytes_, cudaMemcpyDeviceToHost)); }

 private:
  std::size_t bytes_;
  void* data_ = nullptr;
};

}  // namespace

std::vector<kernels::InstructionResults> results_of_gpu(const std::vector<kernels::InstructionInputs>& inputs) {
  std::vector<kernels::InstructionResults> results(inputs.size());
  const OnDevice<kernels::InstructionInputs> in(inputs);
  const OnDevice<kernels::InstructionResults> out(results);
  kernels::put_through_instructions<<<1, kernels::instruction_lanes, sizeof(kernels::InstructionShared)>>>(
      {in.data(), out.data()});
  check(cudaGetLastError());
  check(cudaDeviceSynchronize());
  out.fetch(results);
  return results;
}

}  // namespace attnscope::test
