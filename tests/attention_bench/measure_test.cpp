// Figures: medians with their intervals, only of what is right, against a peak of this machine.
#include "attention_bench/measure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <thread>

#include "attention/select.h"
#include "attention_bench/process_use.h"
#include "core/error.h"

namespace attnscope::bench {
namespace {

// Burns 2 ms of processor time, counts its runs.
Task busy_task(int& runs, bool right = true) {
  Task task;
  task.flops = 1e6;
  task.run = [&runs](const Job&) {
    ++runs;
    const double end = thread_seconds() + 0.002;
    while (thread_seconds() < end) {
    }
  };
  task.check = [right] { return Check{right, 0.5, 0.25}; };
  return task;
}

TEST(MedianInterval, IsTheMiddleAndOrderStatisticsAroundIt) {
  std::vector<double> values(100);
  std::iota(values.rbegin(), values.rend(), 1.0);  // 100 down to 1
  const Interval interval = median_interval(values);
  EXPECT_EQ(interval.median, 50.5);
  EXPECT_EQ(interval.low, 40);  // the 40th and the 61st of 100 (Conover's table)
  EXPECT_EQ(interval.high, 61);
}

TEST(MedianInterval, OfFewValuesIsTheirExtremes) {
  std::vector<double> one{3};
  EXPECT_EQ(median_interval(one).low, 3);
  EXPECT_EQ(median_interval(one).high, 3);
  std::vector<double> four{4, 1, 3, 2};
  EXPECT_EQ(median_interval(four).low, 1);
  EXPECT_EQ(median_interval(four).median, 2.5);
  EXPECT_EQ(median_interval(four).high, 4);
}

TEST(Measure, RunsUntilTheTimeIsUsedAndSaysWhatARunTakes) {
  Pool pool(1);
  int runs = 0;
  const std::vector<Task> tasks{busy_task(runs)};
  const Figure figure = measure(tasks, 0.1, {pool}).front();
  EXPECT_EQ(figure.runs + 1, runs);  // the first only warms up
  EXPECT_GE(figure.runs, 2);
  EXPECT_GE(figure.cpu_seconds, 0.002);
  EXPECT_LT(figure.cpu_seconds, 0.01);
  EXPECT_LE(figure.low, figure.cpu_seconds);
  EXPECT_GE(figure.high, figure.cpu_seconds);
  EXPECT_DOUBLE_EQ(figure.gflops, 1e-3 / figure.cpu_seconds);
  EXPECT_EQ(figure.check.max_error, 0.5);
}

TEST(Measure, AFirstRunThatTakesAllTheTimeIsTheFigure) {
  Pool pool(1);
  int runs = 0;
  const std::vector<Task> tasks{busy_task(runs)};
  EXPECT_EQ(measure(tasks, 0.001, {pool}).front().runs, 1);
  EXPECT_EQ(runs, 1);
}

TEST(Measure, DoesNotTimeWhatIsWrong) {
  Pool pool(1);
  int wrong = 0;
  int right = 0;
  const std::vector<Task> tasks{busy_task(wrong, false), busy_task(right)};
  const std::vector<Figure> figures = measure(tasks, 0.02, {pool});
  EXPECT_EQ(wrong, 1);
  EXPECT_EQ(figures[0].runs, 0);
  EXPECT_FALSE(figures[0].check.right);
  EXPECT_GT(figures[1].runs, 0);
}

TEST(Measure, DoesNotRunWhatCannotBeRun) {
  Pool pool(1);
  int runs = 0;
  std::vector<Task> tasks{busy_task(runs)};
  tasks[0].why_not = "too large";
  EXPECT_EQ(measure(tasks, 0.02, {pool}).front().runs, 0);
  EXPECT_EQ(runs, 0);
}

TEST(Measure, StopsWhenItIsAsked) {
  Pool pool(1);
  int runs = 0;
  const std::vector<Task> tasks{busy_task(runs)};
  std::stop_source stop;
  const std::jthread later([&stop] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    stop.request_stop();
  });
  EXPECT_THROW(measure(tasks, 60, {pool, Priority::visible, stop.get_token()}), Stopped);
}

TEST(Measure, TakesTheTimeOfADeviceWhereOneComputes) {
  Pool pool(1);
  int runs = 0;
  std::vector<Task> tasks{busy_task(runs), busy_task(runs)};
  tasks[0].device_seconds = [] { return std::optional<double>(0.25); };
  tasks[1].device_seconds = [] { return std::optional<double>(); };
  const std::vector<Figure> figures = measure(tasks, 0.02, {pool});
  EXPECT_EQ(figures[0].device_seconds, 0.25);
  EXPECT_EQ(figures[0].low, 0.25);
  EXPECT_DOUBLE_EQ(figures[0].gflops, 1e-3 / 0.25);
  EXPECT_EQ(figures[0].peak_gflops, 0) << "which is the processor's";
  EXPECT_EQ(figures[1].device_seconds, 0);
  EXPECT_LT(figures[1].low, 0.01);
  const std::vector<BackendInfo> all = list_backends();
  const bool simd = std::any_of(all.begin(), all.end(), [](const BackendInfo& one) { return one.name == "baseline"; });
  EXPECT_EQ(figures[1].peak_gflops > 0, simd) << "a build with the reference alone measures no peak";
}

TEST(Measure, TellsHowFarItIs) {
  Pool pool(1);
  int runs = 0;
  const std::vector<Task> tasks{busy_task(runs)};
  Progress progress;
  measure(tasks, 0.1, {pool, Priority::visible, {}, &progress});
  EXPECT_GT(progress.share(), 0.7);
}

TEST(MeasuredPeak, IsAtLeastThatOfANarrowerInstructionSet) {
  Pool pool(1);
  const double best = measured_peak(Peak::best, {pool});
  if (best == 0) GTEST_SKIP() << "this build has no instruction sets to measure";
  EXPECT_GT(best, 1);
  EXPECT_GT(best * 1.2, measured_peak(Peak::baseline, {pool}));
}

}  // namespace
}  // namespace attnscope::bench
