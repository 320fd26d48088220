#include "attention_bench/gpu.h"

#include <dlfcn.h>

#include "attention/cuda/gpu_device.h"
#include "core/error.h"

namespace attnscope::bench {

void check_cuda(cudaError_t status, const std::string& what) {
  if (status == cudaSuccess) return;
  cudaGetLastError();  // forgets it, where it is not one that stays
  throw Error("CUDA: " + what + ": " + cudaGetErrorString(status));
}

void* GpuMemory::room(std::size_t bytes) {
  if (data_ != nullptr && bytes <= bytes_ && bytes_ <= 4 * bytes) return data_;
  cudaFree(data_);
  data_ = nullptr;
  bytes_ = 0;
  check_cuda(cudaMalloc(&data_, bytes), std::to_string(bytes >> 20U) + " MB");
  bytes_ = bytes;
  return data_;
}

GpuClock::~GpuClock() {
  if (begin_ != nullptr) cudaEventDestroy(begin_);
  if (end_ != nullptr) cudaEventDestroy(end_);
}

void GpuClock::begin() {
  if (begin_ == nullptr) check_cuda(cudaEventCreate(&begin_), "an event");
  if (end_ == nullptr) check_cuda(cudaEventCreate(&end_), "an event");
  check_cuda(cudaEventRecord(begin_), "an event");
}

double GpuClock::end() {
  check_cuda(cudaEventRecord(end_), "an event");
  check_cuda(cudaEventSynchronize(end_), "kernels of a contender");
  float milliseconds = 0;
  check_cuda(cudaEventElapsedTime(&milliseconds, begin_, end_), "the time of a contender");
  return milliseconds * 1e-3;
}

void GpuHeads::upload(const BenchCase& which, DType o_type) {
  const BenchShape& shape = which.shape();
  const auto numbers = static_cast<std::size_t>(shape.n * shape.head_dim);
  input_bytes_ = numbers * size_of(shape.dtype);
  output_bytes_ = numbers * size_of(o_type);
  o_type_ = o_type;
  const auto heads = static_cast<std::size_t>(shape.heads), kv_heads = static_cast<std::size_t>(shape.kv_heads);
  q_ = q_memory_.room(heads * input_bytes_);
  k_ = k_memory_.room(kv_heads * input_bytes_);
  v_ = v_memory_.room(kv_heads * input_bytes_);
  o_ = o_memory_.room(heads * output_bytes_);
  const auto copy = [&](void* to, const MatrixView& from) {
    check_cuda(cudaMemcpy(to, from.data, input_bytes_, cudaMemcpyHostToDevice), "a copy to the GPU");
  };
  const std::int64_t group = shape.heads / shape.kv_heads;
  for (std::int64_t h = 0; h < shape.heads; ++h) {
    const HeadView& head = which.heads()[static_cast<std::size_t>(h)];
    copy(q(h), head.q);
    if (h % group != 0) continue;
    copy(k(h / group), head.k);
    copy(v(h / group), head.v);
  }
}

void GpuHeads::download(const BenchCase& which) {
  const BenchShape& shape = which.shape();
  const auto numbers = static_cast<std::size_t>(shape.n * shape.head_dim);
  std::vector<std::uint16_t> halves(o_type_ == DType::f32 ? 0 : numbers);
  for (std::int64_t h = 0; h < shape.heads; ++h) {
    float* const to = which.results()[static_cast<std::size_t>(h)].o;
    void* const here = o_type_ == DType::f32 ? static_cast<void*>(to) : halves.data();
    check_cuda(cudaMemcpy(here, o(h), output_bytes_, cudaMemcpyDeviceToHost), "a copy from the GPU");
    for (std::size_t i = 0; i < halves.size(); ++i)
      to[i] = o_type_ == DType::f16 ? float_from_f16(halves[i]) : float_from_bf16(halves[i]);
  }
}

Library::Library(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (handle_ == nullptr) handle_ = ::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
  }
  if (handle_ == nullptr) missing_ = names.front() + " is not on this machine";
}

void* Library::address(const char* name) {
  if (handle_ == nullptr) return nullptr;
  void* const found = ::dlsym(handle_, name);
  if (found == nullptr) missing_ = std::string("the library is too old: it has no ") + name;
  return found;
}

std::string why_no_gpu() {
  const cuda::GpuState state = cuda::find_gpu();
  return state.usable ? "" : state.detail;
}

std::size_t free_gpu_memory() {
  std::size_t free = 0, total = 0;
  check_cuda(cudaMemGetInfo(&free, &total), "free memory");
  return free;
}

}  // namespace attnscope::bench
