#include <array>
#include <utility>

#include "attention_bench/check.h"
#include "attention_bench/contender.h"

namespace attnscope::bench {
namespace {

using Maker = std::unique_ptr<Contender> (*)();

constexpr auto others = std::to_array<std::pair<const char*, Maker>>({
    {"naive", make_naive_contender},
#ifdef ATTNSCOPE_SIMD
    {"stored", make_stored_contender},
    {"blocked", make_blocked_contender},
#endif
});

const std::vector<std::pair<const char*, Maker>> on_gpu = {
#ifdef ATTNSCOPE_CUBLAS
    {"cublas", make_cublas_contender},
#endif
#ifdef ATTNSCOPE_CUDNN
    {"cudnn", make_cudnn_contender},
#endif
};

}  // namespace

Task forward_task(BenchCase& which, Contender& contender) {
  Task task;
  task.op = "forward";
  task.contender = contender.name();
  task.backend = contender.backend();
  task.peak = contender.peak(which.shape().dtype);
  task.flops = which.forward_flops();
  task.least_bytes = which.least_bytes();
  task.why_not = contender.why_not(which);
  task.run = [&which, &contender](const Job& job) { contender.forward(which, job); };
  task.check = [&which, &contender] {
    const Check check = check_forward(which, contender.gives_lse());
    which.forget_results();
    return check;
  };
  task.kernel_times = [&contender] { return contender.kernel_times(); };
  task.device_seconds = [&contender] { return contender.device_seconds(); };
  return task;
}

std::vector<std::string> other_contenders() {
  std::vector<std::string> names;
  names.reserve(others.size());
  for (const auto& [name, make] : others) names.emplace_back(name);
  return names;
}

std::vector<std::string> gpu_contenders() {
  std::vector<std::string> names;
  names.reserve(on_gpu.size());
  for (const auto& [name, make] : on_gpu) names.emplace_back(name);
  return names;
}

std::unique_ptr<Contender> make_other_contender(const std::string& name) {
  for (const auto& [known, make] : others) {
    if (name == known) return make();
  }
  for (const auto& [known, make] : on_gpu) {
    if (name == known) return make();
  }
  return nullptr;
}

}  // namespace attnscope::bench
