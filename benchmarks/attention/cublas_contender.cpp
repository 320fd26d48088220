#include <cublas_v2.h>

#include <type_traits>

#include "attention_bench/contender.h"
#include "attention_bench/gpu.h"
#include "attention_bench/gpu_softmax.h"
#include "core/error.h"

namespace attnscope::bench {
namespace {

// What is used of cuBLAS. cublasGemmEx is overloaded in C++, so its type is spelled out.
struct Cublas {
  using Gemm = cublasStatus_t(cublasHandle_t, cublasOperation_t, cublasOperation_t, int, int, int, const void*,
                              const void*, cudaDataType, int, const void*, cudaDataType, int, const void*, void*,
                              cudaDataType, int, cublasComputeType_t, cublasGemmAlgo_t);

  Cublas() {
    library.find(create, "cublasCreate_v2");
    library.find(destroy, "cublasDestroy_v2");
    library.find(gemm, "cublasGemmEx");
  }

  Library library{{"libcublas.so." + std::to_string(CUBLAS_VER_MAJOR)}};
  std::remove_pointer_t<decltype(&cublasCreate_v2)>* create = nullptr;
  std::remove_pointer_t<decltype(&cublasDestroy_v2)>* destroy = nullptr;
  Gemm* gemm = nullptr;
};

void check(cublasStatus_t status, const char* what) {
  if (status != CUBLAS_STATUS_SUCCESS)
    throw Error(std::string("cuBLAS: ") + what + " failed with status " + std::to_string(status));
}

cudaDataType type_of(DType dtype) {
  return dtype == DType::f32 ? CUDA_R_32F : dtype == DType::f16 ? CUDA_R_16F : CUDA_R_16BF;
}

// Scores and P are stored in the type of the inputs, O in float32; every product sums in float32.
class CublasContender : public Contender {
 public:
  ~CublasContender() override {
    if (handle_ != nullptr) cublas_.destroy(handle_);
  }
  std::string name() const override { return "cublas"; }
  std::string backend() const override { return "cuBLAS, stored n x n"; }
  Peak peak(DType dtype) const override { return dtype == DType::f32 ? Peak::gpu_f32 : Peak::gpu_f16; }
  bool gives_lse() const override { return false; }
  std::string why_not(const BenchCase& which) const override {
    const std::int64_t n = which.shape().n;
    if (std::string why = why_no_gpu(); !why.empty()) return why;
    if (!cublas_.library.missing().empty()) return cublas_.library.missing();
    if (n % 8 != 0 || which.shape().head_dim % 8 != 0) return "takes n and head_dim divisible by 8";
    const std::size_t bytes = static_cast<std::size_t>(n) * static_cast<std::size_t>(n) * size_of(which.shape().dtype);
    if (bytes > free_gpu_memory() / 10 * 9)
      return "n x n takes " + std::to_string(bytes >> 30U) + " GiB, more than the GPU has free";
    return "";
  }
  void forward(const BenchCase& which, const Job& job) override {
    job.throw_if_stopped();
    if (handle_ == nullptr) check(cublas_.create(&handle_), "its start");
    const BenchShape& shape = which.shape();
    const auto n = static_cast<std::size_t>(shape.n);
    heads_.upload(which, DType::f32);
    void* const scores = scores_.room(n * n * size_of(shape.dtype));
    clock_.begin();
    for (std::int64_t h = 0; h < shape.heads; ++h) {
      const HeadView& head = which.heads()[static_cast<std::size_t>(h)];
      const std::int64_t kv = h / (shape.heads / shape.kv_heads);
      score(shape, head.score.scale, heads_.k(kv), heads_.q(h), scores);
      gpu_softmax(scores, shape.dtype, shape.n, head.mask);
      weigh(shape, heads_.v(kv), scores, heads_.o(h));
    }
    seconds_ = clock_.end();
    heads_.download(which);
  }
  std::optional<double> device_seconds() const override { return seconds_; }

 private:
  // cuBLAS counts along columns: what is a row here is a column to it, so that products are written transposed.
  // S [n, n] = scale Q K^T.
  void score(const BenchShape& shape, float scale, const void* k, const void* q, void* s) {
    const int n = static_cast<int>(shape.n), d = static_cast<int>(shape.head_dim);
    const cudaDataType type = type_of(shape.dtype);
    const float zero = 0;
    check(cublas_.gemm(handle_, CUBLAS_OP_T, CUBLAS_OP_N, n, n, d, &scale, k, type, d, q, type, d, &zero, s, type, n,
                       CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT),
          "Q K^T");
  }
  // O [n, d] = P V.
  void weigh(const BenchShape& shape, const void* v, const void* p, void* o) {
    const int n = static_cast<int>(shape.n), d = static_cast<int>(shape.head_dim);
    const cudaDataType type = type_of(shape.dtype);
    const float one = 1, zero = 0;
    check(cublas_.gemm(handle_, CUBLAS_OP_N, CUBLAS_OP_N, d, n, n, &one, v, type, d, p, type, n, &zero, o, CUDA_R_32F,
                       d, CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT),
          "P V");
  }

  Cublas cublas_;
  cublasHandle_t handle_ = nullptr;
  GpuHeads heads_;
  GpuMemory scores_;
  GpuClock clock_;
  double seconds_ = 0;
};

}  // namespace

std::unique_ptr<Contender> make_cublas_contender() { return std::make_unique<CublasContender>(); }

}  // namespace attnscope::bench
