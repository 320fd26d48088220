#include <utility>

#include "attention_bench/contender.h"

namespace attnscope::bench {
namespace {

class BackendContender : public Contender {
 public:
  BackendContender(std::string name, std::unique_ptr<Backend> backend)
      : name_(std::move(name)), backend_(std::move(backend)) {}
  std::string name() const override { return name_; }
  std::string backend() const override { return std::string(backend_->name()); }
  Peak peak(DType dtype) const override { return peak_of(*backend_, dtype); }
  bool gives_lse() const override { return true; }
  std::string why_not(const BenchCase& which) const override {
    return backend_->supports(Op::forward, which.heads().front()).why;
  }
  void forward(const BenchCase& which, const Job& job) override {
    backend_->forward(which.heads(), which.results(), job);
  }
  std::vector<KernelTime> kernel_times() const override { return backend_->kernel_times(); }

 private:
  std::string name_;
  std::unique_ptr<Backend> backend_;
};

}  // namespace

Peak peak_of(const Backend& backend, DType dtype) {
  if (backend.name().starts_with("cuda")) return dtype == DType::f32 ? Peak::gpu_f32 : Peak::gpu_f16;
  if (backend.name() == "cpu avx2") return Peak::avx2;
  return backend.name() == "cpu baseline" ? Peak::baseline : Peak::best;
}

std::unique_ptr<Contender> make_backend_contender(const std::string& name, std::unique_ptr<Backend> backend) {
  return std::make_unique<BackendContender>(name, std::move(backend));
}

}  // namespace attnscope::bench
