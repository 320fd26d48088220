#include "attention/select.h"

#include <algorithm>
#include <functional>

#include "core/error.h"
#ifdef ATTNSCOPE_EMULATION
#include "attention/cuda/emulated_device.h"
#endif
#ifdef ATTNSCOPE_GPU
#include "attention/cuda/gpu_device.h"
#endif
#ifdef ATTNSCOPE_SIMD
#include "attention/cpu/cpu_backend.h"
#endif

namespace attnscope {
namespace {

// A backend by name: how to make it, or why it cannot be made here.
struct Known {
  BackendInfo info;
  std::function<std::unique_ptr<Backend>()> make;
};

bool is_gpu(std::string_view name) { return name.starts_with("cuda"); }

[[maybe_unused]] Known absent(const std::string& name) {
  return {{name, false, name + " is not in this build"}, nullptr};
}

#ifdef ATTNSCOPE_SIMD
void add_cpu(std::vector<Known>& known) {
  constexpr std::pair<CpuTarget, const char*> targets[] = {{CpuTarget::avx512, "AVX-512"},
                                                           {CpuTarget::avx2, "AVX2"},
                                                           {CpuTarget::baseline, "the SIMD of every such processor"}};
  const std::vector<CpuTarget> usable = usable_cpu_targets();
  for (const auto& [target, words] : targets) {
    const CpuTarget chosen = target;  // Clang 14 captures no structured binding
    const std::string name(name_of(target));
    if (std::find(usable.begin(), usable.end(), target) != usable.end()) {
      known.push_back({{name, true, std::string("CPU with ") + words}, [chosen] { return make_cpu_backend(chosen); }});
    } else {
      known.push_back({{name, false, std::string("this processor lacks ") + words}, nullptr});
    }
  }
}
#else
void add_cpu(std::vector<Known>& known) {
  for (const char* name : {"avx512", "avx2", "baseline"}) known.push_back(absent(name));
}
#endif

#ifdef ATTNSCOPE_SIMD
Known amx() {
  if (!amx_backend_usable()) return {{"amx", false, "this processor lacks AMX with bfloat16"}, nullptr};
  return {{"amx", true, "CPU with AMX for forward, AVX-512 for the rest"}, make_amx_backend};
}
#else
Known amx() { return absent("amx"); }
#endif

#ifdef ATTNSCOPE_EMULATION
void add_emulation(std::vector<Known>& known) {
  known.push_back({{"emulation", true, "the GPU's kernels executed on the CPU, for tests"},
                   [] { return cuda::make_emulated_backend(); }});
  known.push_back({{"emulation_sm90", true, "the same with those of sm_90"},
                   [] { return cuda::make_emulated_backend({}, nullptr, cuda::EmulatedFamily::sm_90); }});
}
#else
void add_emulation(std::vector<Known>& known) {
  for (const char* name : {"emulation", "emulation_sm90"}) known.push_back(absent(name));
}
#endif

// A GPU with kernels of its own can be asked for those that all have: taken by name only, since `cuda` comes first.
#ifdef ATTNSCOPE_GPU
void add_gpu(std::vector<Known>& known) {
  const cuda::GpuState state = cuda::find_gpu();
  known.push_back({{"cuda", state.usable, state.detail}, [] { return cuda::make_gpu_backend(); }});
  if (state.hopper) {
    known.push_back({{"cuda_sm80", true, "the same with the kernels of sm_80"},
                     [] { return cuda::make_gpu_backend(cuda::GpuFamily::sm_80); }});
  }
}
#else
void add_gpu(std::vector<Known>& known) { known.push_back(absent("cuda")); }
#endif

// Best first. The emulation comes after the reference, so that `auto` never takes it: it is for tests.
std::vector<Known> known_backends() {
  std::vector<Known> known;
  add_gpu(known);
  known.push_back(amx());
  add_cpu(known);
  known.push_back({{"reference", true, "float64 plain loops"}, make_reference_backend});
  add_emulation(known);
  return known;
}

std::string names_of(const std::vector<Known>& known) {
  std::string names;
  for (const Known& one : known) names += (names.empty() ? "" : ", ") + one.info.name;
  return names;
}

const Known& named(const std::vector<Known>& known, std::string_view name, const std::string& asked) {
  const auto found = std::find_if(known.begin(), known.end(), [&](const Known& one) { return one.info.name == name; });
  if (found == known.end()) throw InputError(asked + ": no such backend; one of " + names_of(known));
  if (!found->info.usable) throw InputError(asked + ": " + found->info.detail);
  return *found;
}

const Known& selected(const std::vector<Known>& known, std::string_view device, std::string_view forced) {
  if (!forced.empty()) return named(known, forced, "ATTNSCOPE_BACKEND=" + std::string(forced));
  const std::string asked = "--device " + std::string(device);
  if (device == "cuda") return named(known, "cuda", asked);
  if (device != "auto" && device != "cpu") throw InputError(asked + ": no such device; one of auto, cpu, cuda");
  return *std::find_if(known.begin(), known.end(), [&](const Known& one) {
    return one.info.usable && (device == "auto" || !is_gpu(one.info.name));
  });
}

}  // namespace

std::vector<BackendInfo> list_backends() {
  std::vector<BackendInfo> infos;
  for (const Known& one : known_backends()) infos.push_back(one.info);
  return infos;
}

std::unique_ptr<Backend> select_backend(std::string_view device, std::string_view forced) {
  return selected(known_backends(), device, forced).make();
}

std::unique_ptr<Backend> select_with_fallback(std::string_view device, std::string_view forced,
                                              const FallbackReport& report) {
  const std::vector<Known> known = known_backends();
  const Known& chosen = selected(known, device, forced);
  if (!is_gpu(chosen.info.name) && !chosen.info.name.starts_with("emulation")) return chosen.make();
  const auto make_cpu = [] { return select_backend("cpu", ""); };
  try {
    return make_fallback_backend(chosen.make(), make_cpu, report);
  } catch (const Error& error) {
    if (device != "auto" || !forced.empty()) throw;
    auto cpu = make_cpu();
    if (report)
      report(std::string("the GPU cannot be used (") + error.what() + "): " + std::string(cpu->name()) + " computes");
    return cpu;
  }
}

}  // namespace attnscope
