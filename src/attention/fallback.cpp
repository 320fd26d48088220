#include "attention/fallback.h"

#include <array>
#include <atomic>
#include <mutex>
#include <utility>

#include "attention/device_error.h"

namespace attnscope {
namespace {

enum class Reason : std::uint8_t { unsupported, out_of_memory, lost };

class FallbackBackend final : public Backend {
 public:
  FallbackBackend(std::unique_ptr<Backend> device, std::function<std::unique_ptr<Backend>()> make_other,
                  FallbackReport report)
      : device_(std::move(device)), make_other_(std::move(make_other)), report_(std::move(report)) {}

  std::string_view name() const override { return lost_ ? other().name() : device_->name(); }

  Support supports(Op op, const HeadView& head) const override {
    if (!lost_ && device_->supports(op, head).yes) return {};
    return other().supports(op, head);
  }

  void forward(std::span<const HeadView> heads, std::span<const ForwardResult> results, const Job& job) override {
    run(Op::forward, heads, [&](Backend& backend) { backend.forward(heads, results, job); });
  }
  void rows(const HeadView& head, std::span<const std::int64_t> queries, const Weighting& weight, std::span<float> p,
            const Job& job) override {
    run(Op::rows, {&head, 1}, [&](Backend& backend) { backend.rows(head, queries, weight, p, job); });
  }
  void columns(const HeadView& head, std::span<const std::int64_t> keys, const Weighting& weight, std::span<float> p,
               const Job& job) override {
    run(Op::columns, {&head, 1}, [&](Backend& backend) { backend.columns(head, keys, weight, p, job); });
  }
  void map(const HeadView& head, const MapSpec& spec, const Weighting& weight, const MapResult& result,
           const Job& job) override {
    run(Op::map, {&head, 1}, [&](Backend& backend) { backend.map(head, spec, weight, result, job); });
  }
  void sampled_map(const HeadView& head, const MapSpec& spec, std::int64_t samples, const MapResult& result,
                   const Job& job) override {
    run(Op::sampled_map, {&head, 1}, [&](Backend& backend) { backend.sampled_map(head, spec, samples, result, job); });
  }
  void top_k(const HeadView& head, std::span<const std::int64_t> queries, std::int64_t k, const Weighting& weight,
             std::span<std::int32_t> keys, std::span<float> values, const Job& job) override {
    run(Op::top_k, {&head, 1}, [&](Backend& backend) { backend.top_k(head, queries, k, weight, keys, values, job); });
  }
  void row_stats(const HeadView& head, std::span<const float> lse, const RowStats& stats, const Job& job) override {
    run(Op::row_stats, {&head, 1}, [&](Backend& backend) { backend.row_stats(head, lse, stats, job); });
  }
  void column_mass(const HeadView& head, std::span<const float> lse, std::span<float> mass, const Job& job) override {
    run(Op::column_mass, {&head, 1}, [&](Backend& backend) { backend.column_mass(head, lse, mass, job); });
  }

  std::vector<KernelTime> kernel_times() const override { return device_->kernel_times(); }
  std::optional<double> last_device_seconds() const override {
    return last_on_device_ ? device_->last_device_seconds() : std::nullopt;
  }
  std::string fallback() const override {
    const std::lock_guard lock(mutex_);
    return line_;
  }
  void forget_layers() override { device_->forget_layers(); }

 private:
  template <class Call>
  void run(Op op, std::span<const HeadView> heads, const Call& call) {
    const bool done = !lost_ && run_on_device(op, heads, call);
    if (!done) call(other());
    last_on_device_ = done;
  }

  // False where it is the other's turn.
  template <class Call>
  bool run_on_device(Op op, std::span<const HeadView> heads, const Call& call) {
    for (const HeadView& head : heads) {
      const Support support = device_->supports(op, head);
      if (support.yes) continue;
      tell(Reason::unsupported, "cannot do this (" + support.why + "): ", " computes it");
      return false;
    }
    try {
      call(*device_);
      return true;
    } catch (const DeviceOutOfMemory& error) {
      tell(Reason::out_of_memory, std::string("has no memory for this (") + error.what() + "): ", " computes it");
    } catch (const DeviceLost& error) {
      lost_ = true;
      tell(Reason::lost, std::string("was lost (") + error.what() + "): ", " computes from now on");
    }
    return false;
  }

  void tell(Reason reason, const std::string& what, const char* then) {
    const std::string line = std::string(device_->name()) + " " + what + std::string(other().name()) + then;
    {
      const std::lock_guard lock(mutex_);
      if (std::exchange(told_[static_cast<std::size_t>(reason)], true)) return;
      line_ = line;
    }
    if (report_) report_(line);
  }

  Backend& other() const {
    const std::lock_guard lock(mutex_);
    if (other_ == nullptr) other_ = make_other_();
    return *other_;
  }

  std::unique_ptr<Backend> device_;
  std::function<std::unique_ptr<Backend>()> make_other_;
  FallbackReport report_;
  std::atomic<bool> lost_ = false;
  std::atomic<bool> last_on_device_ = false;
  mutable std::mutex mutex_;
  mutable std::unique_ptr<Backend> other_;  // made when it is first needed
  std::array<bool, 3> told_{};
  std::string line_;
};

}  // namespace

std::unique_ptr<Backend> make_fallback_backend(std::unique_ptr<Backend> device,
                                               std::function<std::unique_ptr<Backend>()> make_other,
                                               FallbackReport report) {
  return std::make_unique<FallbackBackend>(std::move(device), std::move(make_other), std::move(report));
}

}  // namespace attnscope
