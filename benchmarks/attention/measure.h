// Runs tasks side by side and says what each took: checked first, then timed in turns, so that whatever else the
// machine does falls on all of them alike.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "attention/ops.h"
#include "attention_bench/peak.h"
#include "core/jobs.h"

namespace attnscope::bench {

// Errors of sampled results against float64, as shares of the largest that a right one may have.
struct Check {
  bool right = false;
  double max_error = 0;  // in the unit of the op: of max|v| for O, relative for weights
  double rms_error = 0;
};

struct Task {
  std::string op;         // "forward", "map_mean", ...
  std::string contender;  // as --contenders takes it
  std::string backend;    // what computes
  Peak peak = Peak::best;
  double flops = 0;              // of the op, whatever the contender does
  std::int64_t least_bytes = 0;  // of the op's inputs and results
  std::string why_not;           // not to be run for this reason
  std::function<void(const Job&)> run;
  std::function<Check()> check;  // of what the last run wrote
  // What tells the time of a device, where one computes; both may be null. Seconds of the last run by its own clock:
  std::function<std::optional<double>()> device_seconds;
  // Totals of its kernels so far:
  std::function<std::vector<KernelTime>()> kernel_times;
};

// What a task took. Processor time is of all threads together.
struct Figure {
  double cpu_seconds = 0;  // median
  double seconds = 0;      // median, wall
  int runs = 0;
  double low = 0, high = 0;   // 95 % interval of the median of the time that counts; the extremes of fewer than 6 runs
  double device_seconds = 0;  // median of what a device took; 0 where none computes
  std::vector<KernelTime> kernels;  // of all runs
  double gflops = 0;                // a second of the device's time where there is one, else of the processor's
  double peak_gflops = 0;           // measured before and after the runs, mean; 0 where there is none
  double ratio = 0;                 // gflops / peak_gflops; 0 where there is no peak
  std::int64_t peak_memory = 0;
  Check check;
};

// Sorted order statistics [low, high] that hold the median of what `values` are drawn from in 95 % of cases, by the
// normal approximation of the binomial distribution (Conover, Practical Nonparametric Statistics); sorts `values`.
struct Interval {
  double low = 0, median = 0, high = 0;
};
Interval median_interval(std::vector<double>& values);

// A figure for each task; those with why_not keep runs = 0. Each task runs once to be checked (a wrong one is not
// timed), then again until its runs have taken `seconds` of wall time; a first run that takes longer is its only one
// and counts. job.progress tells of the runs, tasks are given a job without it. Throws Stopped and what tasks throw.
std::vector<Figure> measure(std::span<const Task> tasks, double seconds, const Job& job);

}  // namespace attnscope::bench
