#include "attention_bench/measure.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "attention_bench/process_use.h"

namespace attnscope::bench {
namespace {

constexpr double units_a_second = 1000;  // of progress

struct Times {
  std::vector<double> cpu, wall, device;
  std::map<std::string, KernelTime> kernels;  // by name
  double spent = 0;
};

std::vector<KernelTime> kernel_times(const Task& task) {
  return task.kernel_times ? task.kernel_times() : std::vector<KernelTime>();
}

// Adds the difference of two readings and returns its seconds. Kernels that first ran in between are not in the first.
double add_kernels(const std::vector<KernelTime>& before, const std::vector<KernelTime>& after, Times& times) {
  double device = 0;
  for (KernelTime time : after) {
    for (const KernelTime& same : before) {
      if (same.kernel != time.kernel) continue;
      time.launches -= same.launches;
      time.seconds -= same.seconds;
    }
    if (time.launches == 0) continue;
    KernelTime& sum = times.kernels[time.kernel];
    sum = {time.kernel, sum.launches + time.launches, sum.seconds + time.seconds};
    device += time.seconds;
  }
  return device;
}

void run_once(const Task& task, const Job& job, Times& times) {
  job.throw_if_stopped();
  const std::vector<KernelTime> kernels = kernel_times(task);
  const double wall = wall_seconds();
  const double cpu = processor_seconds();
  task.run(job);
  times.cpu.push_back(processor_seconds() - cpu);
  times.wall.push_back(wall_seconds() - wall);
  const double of_kernels = add_kernels(kernels, kernel_times(task), times);
  const std::optional<double> told = task.device_seconds ? task.device_seconds() : std::nullopt;
  times.device.push_back(told.value_or(of_kernels));
  times.spent += times.wall.back();
}

// One run of each task, checked: which of them go on.
std::vector<std::size_t> run_first(std::span<const Task> tasks, double seconds, const Job& job,
                                   std::vector<Figure>& figures, std::vector<Times>& times) {
  std::vector<std::size_t> going;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (!tasks[i].why_not.empty()) continue;
    reset_peak_memory();
    run_once(tasks[i], job, times[i]);
    figures[i].peak_memory = peak_memory();
    figures[i].check = tasks[i].check();
    if (!figures[i].check.right || times[i].spent >= seconds) continue;
    times[i] = {};  // it found cold caches and new memory
    going.push_back(i);
  }
  return going;
}

using Peaks = std::map<Peak, double>;

Peaks peaks_of(std::span<const Task> tasks, const Job& job) {
  Peaks peaks;
  for (const Task& task : tasks) {
    if (!task.why_not.empty() || peaks.contains(task.peak)) continue;
    peaks[task.peak] = of_gpu(task.peak) ? measured_gpu_peak(task.peak) : measured_peak(task.peak, job);
  }
  return peaks;
}

}  // namespace

Interval median_interval(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  const auto count = static_cast<double>(values.size());
  const double half = 0.98 * std::sqrt(count);  // 1.96 deviations of sqrt(n) / 2
  const auto last = static_cast<double>(values.size() - 1);
  const auto at = [&](double place) { return values[static_cast<std::size_t>(std::clamp(place, 0.0, last))]; };
  const double median = (at(std::floor(last / 2)) + at(std::ceil(last / 2))) / 2;
  return {at(std::floor(count / 2 - half) - 1), median, at(std::ceil(count / 2 + half))};
}

std::vector<Figure> measure(std::span<const Task> tasks, double seconds, const Job& job) {
  const Job quiet{job.pool, job.priority, job.stop, nullptr};
  std::vector<Figure> figures(tasks.size());
  std::vector<Times> times(tasks.size());
  const auto units = static_cast<std::uint64_t>(seconds * units_a_second);
  if (job.progress != nullptr) job.progress->expect(units * tasks.size());
  std::vector<std::size_t> going = run_first(tasks, seconds, quiet, figures, times);
  const Peaks before = peaks_of(tasks, quiet);
  if (job.progress != nullptr) job.progress->finish(units * (tasks.size() - going.size()));
  while (!going.empty()) {
    for (const std::size_t i : going) {
      const double left = seconds - times[i].spent;
      run_once(tasks[i], quiet, times[i]);
      const double done = std::min(left, times[i].wall.back());
      if (job.progress != nullptr) job.progress->finish(static_cast<std::uint64_t>(done * units_a_second));
    }
    std::erase_if(going, [&](std::size_t i) { return times[i].spent >= seconds; });
  }
  const Peaks after = peaks_of(tasks, quiet);
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (times[i].cpu.empty() || !figures[i].check.right) continue;
    Figure& figure = figures[i];
    figure.runs = static_cast<int>(times[i].cpu.size());
    figure.cpu_seconds = median_interval(times[i].cpu).median;
    figure.seconds = median_interval(times[i].wall).median;
    figure.device_seconds = median_interval(times[i].device).median;
    const bool on_device = figure.device_seconds > 0;
    const Interval counts = median_interval(on_device ? times[i].device : times[i].cpu);
    figure.low = counts.low;
    figure.high = counts.high;
    for (auto& [name, time] : times[i].kernels) figure.kernels.push_back(time);
    figure.gflops = tasks[i].flops / counts.median / 1e9;
    if (on_device == of_gpu(tasks[i].peak))  // the emulation has no peak
      figure.peak_gflops = (before.at(tasks[i].peak) + after.at(tasks[i].peak)) / 2;
    figure.ratio = figure.peak_gflops > 0 ? figure.gflops / figure.peak_gflops : 0;
  }
  return figures;
}

}  // namespace attnscope::bench
