#include "attention/cpu/cpu_backend.h"

#include <limits>
#include <map>
#include <optional>
#include <string>

#include "attention/cpu/amx.h"
#include "attention/cpu/drivers.h"
#include "attention/cpu/targets.h"

namespace attnscope {
namespace {

class CpuBackend : public Backend {
 public:
  explicit CpuBackend(CpuTarget target) : CpuBackend(target, name_of(target)) {}
  CpuBackend(CpuTarget target, std::string_view name) : target_(target), name_("cpu " + std::string(name)) {}

  std::string_view name() const override { return name_; }

  Support supports(Op /*op*/, const HeadView& head) const override {
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max() / 2;
    if (head.n_q() > most || head.n_k() > most) return {false, "the CPU kernels count tokens in 31 bits"};
    return {};
  }

  void forward(std::span<const HeadView> heads, std::span<const ForwardResult> results, const Job& job) override {
    cpu::forward(cpu::forward_kernel(target_), heads, results, job);
  }
  void rows(const HeadView& head, std::span<const std::int64_t> queries, const Weighting& weight, std::span<float> p,
            const Job& job) override {
    cpu::rows(target_, head, queries, weight, p, job);
  }
  void columns(const HeadView& head, std::span<const std::int64_t> keys, const Weighting& weight, std::span<float> p,
               const Job& job) override {
    cpu::columns(target_, head, keys, weight, p, job);
  }
  void map(const HeadView& head, const MapSpec& spec, const Weighting& weight, const MapResult& result,
           const Job& job) override {
    cpu::map(target_, head, spec, weight, result, job);
  }
  void sampled_map(const HeadView& head, const MapSpec& spec, std::int64_t samples, const MapResult& result,
                   const Job& job) override {
    cpu::sampled_map(target_, head, spec, samples, result, job);
  }
  void top_k(const HeadView& head, std::span<const std::int64_t> queries, std::int64_t k, const Weighting& weight,
             std::span<std::int32_t> keys, std::span<float> values, const Job& job) override {
    cpu::top_k(target_, head, queries, k, weight, keys, values, job);
  }
  void row_stats(const HeadView& head, std::span<const float> lse, const RowStats& stats, const Job& job) override {
    cpu::row_stats(target_, head, lse, stats, job);
  }
  void column_mass(const HeadView& head, std::span<const float> lse, std::span<float> mass, const Job& job) override {
    cpu::column_mass(target_, head, lse, mass, job);
  }

 private:
  CpuTarget target_;
  std::string name_;
};

// What the tile registers take runs on them, all else as on AVX-512.
class AmxBackend final : public CpuBackend {
 public:
  AmxBackend() : CpuBackend(CpuTarget::avx512, "amx") {}

  void forward(std::span<const HeadView> heads, std::span<const ForwardResult> results, const Job& job) override {
    std::map<std::optional<DType>, Group> groups;  // by the type that the tile registers take; the rest under none
    for (std::size_t h = 0; h < heads.size(); ++h) {
      Group& group = groups[cpu::amx_takes(heads[h]) ? std::optional(heads[h].q.dtype) : std::nullopt];
      group.heads.push_back(heads[h]);
      group.results.push_back(results[h]);
    }
    for (const auto& [dtype, group] : groups) {
      const auto kernel = dtype ? cpu::amx_forward_kernel(*dtype) : cpu::forward_kernel(CpuTarget::avx512);
      cpu::forward(kernel, group.heads, group.results, job);
    }
  }

 private:
  struct Group {
    std::vector<HeadView> heads;
    std::vector<ForwardResult> results;
  };
};

}  // namespace

bool amx_backend_usable() { return cpu::amx_usable(); }

std::unique_ptr<Backend> make_amx_backend() { return std::make_unique<AmxBackend>(); }

std::vector<CpuTarget> usable_cpu_targets() {
  const std::int64_t supported = hwy::SupportedTargets();
  std::vector<CpuTarget> usable;
  if ((supported & HWY_AVX3) != 0) usable.push_back(CpuTarget::avx512);
  if ((supported & HWY_AVX2) != 0) usable.push_back(CpuTarget::avx2);
  usable.push_back(CpuTarget::baseline);
  return usable;
}

std::unique_ptr<Backend> make_cpu_backend(CpuTarget target) { return std::make_unique<CpuBackend>(target); }

}  // namespace attnscope
