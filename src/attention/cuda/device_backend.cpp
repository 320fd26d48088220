#include "attention/cuda/device_backend.h"

#include <limits>
#include <utility>

#include "attention/cuda/drivers.h"

namespace attnscope::cuda {
namespace {

class DeviceBackend final : public Backend {
 public:
  explicit DeviceBackend(std::unique_ptr<Device> device) : device_(std::move(device)) {}

  std::string_view name() const override { return device_->name(); }

  Support supports(Op op, const HeadView& head) const override {
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max() / 2;
    if (head.n_q() > most || head.n_k() > most) return {false, "the GPU kernels count tokens in 31 bits"};
    if (op == Op::forward && head.v.cols > 256) return {false, "the GPU kernels take values of 256 numbers at most"};
    return {};
  }

  void forward(std::span<const HeadView> heads, std::span<const ForwardResult> results, const Job& job) override {
    cuda::forward(*device_->open(), heads, results, job);
  }
  void rows(const HeadView& head, std::span<const std::int64_t> queries, const Weighting& weight, std::span<float> p,
            const Job& job) override {
    cuda::rows(*device_->open(), head, queries, weight, p, job);
  }
  void columns(const HeadView& head, std::span<const std::int64_t> keys, const Weighting& weight, std::span<float> p,
               const Job& job) override {
    cuda::columns(*device_->open(), head, keys, weight, p, job);
  }
  void map(const HeadView& head, const MapSpec& spec, const Weighting& weight, const MapResult& result,
           const Job& job) override {
    cuda::map(*device_->open(), head, spec, weight, result, job);
  }
  void sampled_map(const HeadView& head, const MapSpec& spec, std::int64_t samples, const MapResult& result,
                   const Job& job) override {
    cuda::sampled_map(*device_->open(), head, spec, samples, result, job);
  }
  void top_k(const HeadView& head, std::span<const std::int64_t> queries, std::int64_t k, const Weighting& weight,
             std::span<std::int32_t> keys, std::span<float> values, const Job& job) override {
    cuda::top_k(*device_->open(), head, queries, k, weight, keys, values, job);
  }
  void row_stats(const HeadView& head, std::span<const float> lse, const RowStats& stats, const Job& job) override {
    cuda::row_stats(*device_->open(), head, lse, stats, job);
  }
  void column_mass(const HeadView& head, std::span<const float> lse, std::span<float> mass, const Job& job) override {
    cuda::column_mass(*device_->open(), head, lse, mass, job);
  }

 private:
  std::unique_ptr<Device> device_;
};

}  // namespace

std::unique_ptr<Backend> make_device_backend(std::unique_ptr<Device> device) {
  return std::make_unique<DeviceBackend>(std::move(device));
}

}  // namespace attnscope::cuda
