// What contenders on a GPU share: its memory, its clock, the inputs of a case, and libraries that are opened when a
// contender is made, so that the program starts where they are not.
#pragma once
#include <cuda_runtime.h>

#include <cstddef>
#include <string>
#include <vector>

#include "attention_bench/bench_case.h"

namespace attnscope::bench {

// Throws Error, "CUDA: what: reason".
void check_cuda(cudaError_t status, const std::string& what);

// Memory of the GPU, as much as was asked for last; for one stream after another.
class GpuMemory {
 public:
  GpuMemory() = default;
  ~GpuMemory() {
    if (data_ != nullptr) cudaFree(data_);
  }
  GpuMemory(const GpuMemory&) = delete;
  GpuMemory& operator=(const GpuMemory&) = delete;
  // What was in it is lost where it has to grow or is four times too large.
  void* room(std::size_t bytes);

 private:
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

// Time between two places of the default stream, by events.
class GpuClock {
 public:
  GpuClock() = default;
  ~GpuClock();
  GpuClock(const GpuClock&) = delete;
  GpuClock& operator=(const GpuClock&) = delete;
  void begin();
  // Waits for all that was begun; seconds.
  double end();

 private:
  cudaEvent_t begin_ = nullptr, end_ = nullptr;
};

// Q [heads, n, d], K and V [kv_heads, n, d] and O [heads, n, d] on the GPU.
class GpuHeads {
 public:
  // Uploads the inputs; O has numbers of `o_type`.
  void upload(const BenchCase& which, DType o_type);
  // O to the results of the case, as float32.
  void download(const BenchCase& which);

  void* q(std::int64_t head) const { return part(q_, head, input_bytes_); }
  void* k(std::int64_t kv_head) const { return part(k_, kv_head, input_bytes_); }
  void* v(std::int64_t kv_head) const { return part(v_, kv_head, input_bytes_); }
  void* o(std::int64_t head) const { return part(o_, head, output_bytes_); }

 private:
  static void* part(void* all, std::int64_t head, std::size_t bytes) {
    return static_cast<std::byte*>(all) + static_cast<std::size_t>(head) * bytes;
  }

  GpuMemory q_memory_, k_memory_, v_memory_, o_memory_;
  void *q_ = nullptr, *k_ = nullptr, *v_ = nullptr, *o_ = nullptr;
  std::size_t input_bytes_ = 0, output_bytes_ = 0;  // of a head
  DType o_type_ = DType::f32;
};

// A shared library that stays open to the end of the program.
class Library {
 public:
  // The first of `names` that is there.
  explicit Library(const std::vector<std::string>& names);
  // Empty, or why it cannot be used.
  const std::string& missing() const { return missing_; }
  // Fills a pointer to the function `name`; where there is none the library cannot be used.
  template <class Function>
  void find(Function*& function, const char* name) {
    function = reinterpret_cast<Function*>(address(name));
  }

 private:
  void* address(const char* name);

  void* handle_ = nullptr;
  std::string missing_;
};

// Why no contender of the GPU runs here; empty where it does.
std::string why_no_gpu();
// Bytes of the GPU's memory that are free.
std::size_t free_gpu_memory();

}  // namespace attnscope::bench
