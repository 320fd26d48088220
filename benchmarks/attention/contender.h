// One way to compute attention: ours, or what it is measured against. Each has a file of its own.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "attention_bench/bench_case.h"
#include "attention_bench/measure.h"
#include "attention_bench/peak.h"
#include "core/jobs.h"

namespace attnscope::bench {

class Contender {
 public:
  virtual ~Contender() = default;
  virtual std::string name() const = 0;      // as --contenders takes it
  virtual std::string backend() const = 0;   // what computes
  virtual Peak peak(DType dtype) const = 0;  // what it could reach at most with such numbers
  virtual bool gives_lse() const = 0;
  // Why it cannot take this case; empty if it can.
  virtual std::string why_not(const BenchCase& which) const = 0;
  // Fills `which.results()`. Throws Stopped and Error as ops do.
  virtual void forward(const BenchCase& which, const Job& job) = 0;
  // Of the last forward, by the clock of the device that computes; none where the processor does.
  virtual std::optional<double> device_seconds() const { return std::nullopt; }
  // Kernels of a device so far, as a backend tells it.
  virtual std::vector<KernelTime> kernel_times() const { return {}; }
};

// What `backend` could reach at most: the peak of its own instruction set.
Peak peak_of(const Backend& backend, DType dtype);
// A backend of attention/select.h under a name; "ours" is the one that runs by default.
std::unique_ptr<Contender> make_backend_contender(const std::string& name, std::unique_ptr<Backend> backend);

// The forward of `contender` as a task to measure; it refers to both.
Task forward_task(BenchCase& which, Contender& contender);

// Names of the contenders that are not ours and are in this build: naive, stored, blocked.
std::vector<std::string> other_contenders();
// Those that compute on a GPU, if there is one: cublas, cudnn.
std::vector<std::string> gpu_contenders();
// One of them; null for another name.
std::unique_ptr<Contender> make_other_contender(const std::string& name);

// Three plain loops over float, a row of scores at a time, as a first program does it.
std::unique_ptr<Contender> make_naive_contender();
// A library's matrix product, softmax over the stored n x n matrix, and another product: what most tools do.
std::unique_ptr<Contender> make_stored_contender();
// The same products on blocks of 256 x 512 that stay in the cache, with an online softmax (Milakov and Gimelshein
// 2018): what a library allows without kernels of one's own.
std::unique_ptr<Contender> make_blocked_contender();
// On the GPU: cuBLAS's matrix product, softmax over the stored n x n matrix, and another product.
std::unique_ptr<Contender> make_cublas_contender();
// On the GPU: cuDNN's fused attention.
std::unique_ptr<Contender> make_cudnn_contender();

}  // namespace attnscope::bench
