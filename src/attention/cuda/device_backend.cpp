#include "attention/cuda/device_backend.h"

#include <atomic>
#include <limits>
#include <utility>

#include "attention/cuda/drivers.h"

namespace attnscope::cuda {
namespace {

class DeviceBackend final : public Backend {
 public:
  explicit DeviceBackend(std::unique_ptr<Device> device) : device_(std::move(device)), copies_(*device_) {}

  std::string_view name() const override { return device_->name(); }

  Support supports(Op op, const HeadView& head) const override {
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max() / 2;
    if (head.n_q() > most || head.n_k() > most) return {false, "the GPU kernels count tokens in 31 bits"};
    if (op == Op::forward && head.v.cols > 256) return {false, "the GPU kernels take values of 256 numbers at most"};
    return {};
  }

  void forward(std::span<const HeadView> heads, std::span<const ForwardResult> results, const Job& job) override {
    run(job, [&](Stream& stream) { cuda::forward(stream, heads, results, job); });
  }
  void rows(const HeadView& head, std::span<const std::int64_t> queries, const Weighting& weight, std::span<float> p,
            const Job& job) override {
    run(job, [&](Stream& stream) { cuda::rows(stream, head, queries, weight, p, job); });
  }
  void columns(const HeadView& head, std::span<const std::int64_t> keys, const Weighting& weight, std::span<float> p,
               const Job& job) override {
    run(job, [&](Stream& stream) { cuda::columns(stream, head, keys, weight, p, job); });
  }
  void map(const HeadView& head, const MapSpec& spec, const Weighting& weight, const MapResult& result,
           const Job& job) override {
    run(job, [&](Stream& stream) { cuda::map(stream, head, spec, weight, result, job); });
  }
  void sampled_map(const HeadView& head, const MapSpec& spec, std::int64_t samples, const MapResult& result,
                   const Job& job) override {
    run(job, [&](Stream& stream) { cuda::sampled_map(stream, head, spec, samples, result, job); });
  }
  void top_k(const HeadView& head, std::span<const std::int64_t> queries, std::int64_t k, const Weighting& weight,
             std::span<std::int32_t> keys, std::span<float> values, const Job& job) override {
    run(job, [&](Stream& stream) { cuda::top_k(stream, head, queries, k, weight, keys, values, job); });
  }
  void row_stats(const HeadView& head, std::span<const float> lse, const RowStats& stats, const Job& job) override {
    run(job, [&](Stream& stream) { cuda::row_stats(stream, head, lse, stats, job); });
  }
  void column_mass(const HeadView& head, std::span<const float> lse, std::span<float> mass, const Job& job) override {
    run(job, [&](Stream& stream) { cuda::column_mass(stream, head, lse, mass, job); });
  }

  std::vector<KernelTime> kernel_times() const override { return launcher_.times(); }
  std::optional<double> last_device_seconds() const override {
    const double seconds = last_seconds_;
    return seconds < 0 ? std::nullopt : std::optional(seconds);
  }
  void forget_layers() override { copies_.free_idle_later(); }

 private:
  template <class Op>
  void run(const Job& job, const Op& op) {
    job.throw_if_stopped();  // before anything is uploaded
    Stream stream(*device_, copies_, launcher_);
    op(stream);
    last_seconds_ = stream.seconds();
  }

  std::unique_ptr<Device> device_;
  LayerCopies copies_;
  Launcher launcher_;
  std::atomic<double> last_seconds_ = -1;  // before the first op
};

}  // namespace

std::unique_ptr<Backend> make_device_backend(std::unique_ptr<Device> device) {
  return std::make_unique<DeviceBackend>(std::move(device));
}

}  // namespace attnscope::cuda
