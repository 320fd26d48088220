#include "attention/cuda/launch.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace attnscope::cuda {
namespace {

// What masks hide costs nothing, so a rate of before says little: a launch begins with few waves and doubles them.
constexpr double first_waves = 4;
constexpr double shortest = 1e-6;  // seconds: clocks are no finer

std::string text_of(const kernels::KernelChoice& kernel) {
  std::string text = kernels::name_of(kernel.id);
  // `select` reads weights, which are always float32.
  return kernel.id == kernels::KernelId::select ? text : text + " " + std::string(attnscope::name_of(kernel.dtype));
}

}  // namespace

double Launcher::launch(Queue& queue, const Launch& launch, const Job& job) {
  if (job.progress != nullptr) job.progress->expect(static_cast<std::uint64_t>(launch.blocks));
  const Job quiet{job.pool, job.priority, job.stop, nullptr};
  const int wave = queue.blocks_at_once(launch);
  const double work = std::max(launch.block_work, 1.0);
  const auto fitting = [&](double rate) { return wanted_seconds * rate / work; };  // waves
  double rate = rate_of(launch.kernel);
  double waves = rate > 0 ? std::min(first_waves, fitting(rate)) : 1;
  double total = 0;
  for (int first = 0; first < launch.blocks;) {
    job.throw_if_stopped();
    waves = std::max(1.0, std::floor(waves));
    const auto most = static_cast<std::int64_t>(waves * wave);
    const auto count = static_cast<int>(std::min<std::int64_t>(most, launch.blocks - first));
    const double seconds = queue.run(launch, first, count, quiet);
    rate = kernels::divide_up(count, wave) * work / std::max(seconds, shortest);
    add(launch.kernel, rate, seconds);
    waves = std::min(2 * waves, fitting(rate));
    total += seconds;
    first += count;
    if (job.progress != nullptr) job.progress->finish(static_cast<std::uint64_t>(count));
  }
  job.throw_if_stopped();
  return total;
}

double Launcher::rate_of(const kernels::KernelChoice& kernel) const {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(kernel);
  return found == known_.end() ? 0 : found->second.rate;
}

void Launcher::add(const kernels::KernelChoice& kernel, double rate, double seconds) {
  const std::lock_guard lock(mutex_);
  Known& known = known_[kernel];
  known.rate = rate;
  ++known.launches;
  known.seconds += seconds;
}

std::vector<KernelTime> Launcher::times() const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, KernelTime> by_name;
  for (const auto& [kernel, known] : known_) {
    KernelTime& time = by_name[text_of(kernel)];
    time.launches += known.launches;
    time.seconds += known.seconds;
  }
  std::vector<KernelTime> times;
  times.reserve(by_name.size());
  for (auto& [name, time] : by_name) times.push_back({name, time.launches, time.seconds});
  return times;
}

}  // namespace attnscope::cuda
