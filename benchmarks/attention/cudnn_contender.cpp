#include <limits>

#include "attention_bench/contender.h"
#include "attention_bench/cudnn_graph.h"

namespace attnscope::bench {
namespace {

// The graph that cuDNN knows as attention: products with the softmax between them, spelled out. It knows it as one only
// where lse is asked for too.
class Attention {
 public:
  Attention(const Cudnn& cudnn, const BenchShape& shape, cudnnHandle_t handle) : graph_(cudnn) {
    const std::int64_t h = shape.heads, kv = shape.kv_heads, n = shape.n, d = shape.head_dim;
    const cudnnDataType_t type = shape.dtype == DType::f16 ? CUDNN_DATA_HALF : CUDNN_DATA_BFLOAT16;
    const CudnnTensor row{{1, h, n, 1}, {h * n, n, 1, 1}};
    const CudnnTensor number{{1, 1, 1, 1}, {1, 1, 1, 1}};
    const auto cells = [&](cudnnDataType_t of = CUDNN_DATA_FLOAT) {
      return graph_.hidden({{1, h, n, n}, {h * n * n, n * n, n, 1}, of});
    };
    const auto rows = [&](std::int64_t heads) {
      return CudnnTensor{{1, heads, n, d}, {heads * n * d, n * d, d, 1}, type};
    };
    const CudnnTensor k_transposed{{1, kv, d, n}, {kv * n * d, n * d, 1, d}, type};
    const std::int64_t q = graph_.given(rows(h)), k = graph_.given(k_transposed), v = graph_.given(rows(kv));
    const std::int64_t o = graph_.given(rows(h)), lse = graph_.given(row), scale = graph_.given(number, true);
    ids_ = {q, k, v, o, lse, scale};
    std::int64_t s = graph_.apply(CUDNN_POINTWISE_MUL, graph_.multiply(q, k, cells()), scale, cells());
    if (shape.mask == "causal") {
      const std::int64_t hidden = graph_.given(number, true);
      ids_.push_back(hidden);
      const std::int64_t query = graph_.index_along(2, s, cells(CUDNN_DATA_INT32));
      const std::int64_t key = graph_.index_along(3, s, cells(CUDNN_DATA_INT32));
      const std::int64_t seen = graph_.apply(CUDNN_POINTWISE_CMP_GE, query, key, cells(CUDNN_DATA_BOOLEAN));
      s = graph_.select(seen, s, hidden, cells());
    }
    const std::int64_t largest = graph_.reduce_columns(CUDNN_REDUCE_TENSOR_MAX, s, graph_.hidden(row));
    const std::int64_t shifted = graph_.apply(CUDNN_POINTWISE_SUB, s, largest, cells());
    const std::int64_t exponential = graph_.apply(CUDNN_POINTWISE_EXP, shifted, cells());
    const std::int64_t sum = graph_.reduce_columns(CUDNN_REDUCE_TENSOR_ADD, exponential, graph_.hidden(row));
    const std::int64_t log_sum = graph_.apply(CUDNN_POINTWISE_LOG, sum, graph_.hidden(row));
    graph_.apply(CUDNN_POINTWISE_ADD, largest, log_sum, lse);
    graph_.multiply(graph_.apply(CUDNN_POINTWISE_DIV, exponential, sum, cells(type)), v, o);
    plan_.emplace(cudnn, graph_, handle);
  }
  std::size_t workspace_bytes() const { return plan_->workspace_bytes(); }
  // `data`: q, k, v, o, lse, the scale and, where it is causal, the score of what is hidden.
  void run(const std::vector<void*>& data, void* workspace) { plan_->run(ids_, data, workspace); }

 private:
  CudnnGraph graph_;
  std::vector<std::int64_t> ids_;
  std::optional<CudnnGraph::Plan> plan_;
};

// O is stored in the type of the inputs: cuDNN gives it no other.
class CudnnContender : public Contender {
 public:
  ~CudnnContender() override {
    attention_.reset();
    if (handle_ != nullptr) cudnn_.destroy(handle_);
  }
  std::string name() const override { return "cudnn"; }
  std::string backend() const override {
    return cudnn_.library.missing().empty() ? "cuDNN " + std::to_string(cudnn_.version()) : "cuDNN";
  }
  Peak peak(DType /*dtype*/) const override { return Peak::gpu_f16; }
  bool gives_lse() const override { return false; }
  std::string why_not(const BenchCase& which) const override {
    const BenchShape& shape = which.shape();
    if (std::string why = why_no_gpu(); !why.empty()) return why;
    if (!cudnn_.library.missing().empty()) return cudnn_.library.missing();
    if (shape.dtype == DType::f32) return "takes f16 and bf16 only";
    if (shape.head_dim % 8 != 0) return "takes head_dim divisible by 8";
    return shape.mask == "full" || shape.mask == "causal" ? "" : "takes full and causal only";
  }
  void forward(const BenchCase& which, const Job& job) override {
    job.throw_if_stopped();
    if (handle_ == nullptr) cudnn_.check(cudnn_.create(&handle_), "its start");
    const BenchShape& shape = which.shape();
    if (attention_ == nullptr || !(planned_ == shape)) {
      attention_ = std::make_unique<Attention>(cudnn_, shape, handle_);
      planned_ = shape;
    }
    void* const workspace = workspace_.room(attention_->workspace_bytes() + 1);
    void* const lse = lse_.room(static_cast<std::size_t>(shape.heads * shape.n) * sizeof(float));
    heads_.upload(which, shape.dtype);
    float scale = which.heads().front().score.scale, hidden = std::numeric_limits<float>::lowest();
    std::vector<void*> data{heads_.q(0), heads_.k(0), heads_.v(0), heads_.o(0), lse, &scale};
    if (shape.mask == "causal") data.push_back(&hidden);
    clock_.begin();
    attention_->run(data, workspace);
    seconds_ = clock_.end();
    heads_.download(which);
  }
  std::optional<double> device_seconds() const override { return seconds_; }

 private:
  Cudnn cudnn_;
  cudnnHandle_t handle_ = nullptr;
  std::unique_ptr<Attention> attention_;  // of `planned_`, since its kernels are compiled when it is made
  BenchShape planned_;
  GpuHeads heads_;
  GpuMemory workspace_, lse_;
  GpuClock clock_;
  double seconds_ = 0;
};

}  // namespace

std::unique_ptr<Contender> make_cudnn_contender() { return std::make_unique<CudnnContender>(); }

}  // namespace attnscope::bench
