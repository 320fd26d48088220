#include "core/jobs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "core/error.h"

namespace attnscope {
namespace {

class PoolTest : public testing::TestWithParam<unsigned> {
 protected:
  Pool pool_{GetParam()};
  Job job() { return {pool_, Priority::background, {}, nullptr}; }
};

TEST_P(PoolTest, RunsEveryIndexOnce) {
  std::vector<std::atomic<int>> runs(1000);
  pool_.run(runs.size(), job(), [&](std::size_t index, unsigned) { ++runs[index]; });
  EXPECT_TRUE(std::all_of(runs.begin(), runs.end(), [](const auto& count) { return count == 1; }));
}

TEST_P(PoolTest, StartsTasksInIncreasingOrder) {
  // A task may note itself late, after tasks that other threads took meanwhile, but each thread sees indices rise.
  std::vector<std::vector<std::size_t>> order(pool_.threads());
  pool_.run(500, job(), [&](std::size_t index, unsigned slot) { order[slot].push_back(index); });
  for (const auto& indices : order) EXPECT_TRUE(std::is_sorted(indices.begin(), indices.end()));
}

TEST_P(PoolTest, StartsTheFirstTasksFirst) {
  std::atomic<std::size_t> done{0};
  std::size_t before_first = 99;
  pool_.run(100, job(), [&](std::size_t index, unsigned) {
    if (index == 0) before_first = done;
    ++done;
  });
  EXPECT_LT(before_first, 50U);
}

TEST_P(PoolTest, TasksAtOneTimeNeverShareASlot) {
  std::vector<std::atomic<int>> busy(pool_.threads());
  std::atomic<int> clashes{0};
  pool_.run(300, job(), [&](std::size_t, unsigned slot) {
    if (slot >= busy.size() || busy[slot].fetch_add(1) != 0) ++clashes;
    std::this_thread::sleep_for(std::chrono::microseconds(50));
    if (slot < busy.size()) --busy[slot];
  });
  EXPECT_EQ(clashes, 0);
}

TEST_P(PoolTest, ATaskThatRunsTasksOfItsOwnKeepsItsSlot) {
  std::vector<std::atomic<int>> busy(pool_.threads());
  std::atomic<int> clashes{0}, inner{0};
  pool_.run(20, job(), [&](std::size_t, unsigned slot) {
    if (busy[slot].fetch_add(1) != 0) ++clashes;
    pool_.run(10, job(), [&](std::size_t, unsigned) {
      std::this_thread::sleep_for(std::chrono::microseconds(50));
      ++inner;
    });
    --busy[slot];
  });
  EXPECT_EQ(clashes, 0);
  EXPECT_EQ(inner, 200);
}

TEST_P(PoolTest, CallersAtOneTimeNeverShareASlotOfTheirOwnRun) {
  std::atomic<int> clashes{0};
  const auto call = [&] {
    std::vector<std::atomic<int>> busy(pool_.threads());
    pool_.run(200, job(), [&](std::size_t, unsigned slot) {
      if (busy[slot].fetch_add(1) != 0) ++clashes;
      std::this_thread::sleep_for(std::chrono::microseconds(20));
      --busy[slot];
    });
  };
  { const std::jthread one(call), two(call), three(call); }
  EXPECT_EQ(clashes, 0);
}

TEST_P(PoolTest, AStopKeepsLaterTasksFromStartingAndThrowsStopped) {
  std::stop_source stop;
  std::atomic<std::size_t> started{0};
  const Job stoppable{pool_, Priority::visible, stop.get_token(), nullptr};
  EXPECT_THROW(pool_.run(1000, stoppable,
                         [&](std::size_t index, unsigned) {
                           ++started;
                           std::this_thread::sleep_for(std::chrono::microseconds(20));
                           if (index == 10) stop.request_stop();
                         }),
               Stopped);
  EXPECT_GE(started, 11U);
  EXPECT_LT(started, 1000U);
}

TEST_P(PoolTest, AJobStoppedBeforeItBeganRunsNothing) {
  std::stop_source stop;
  stop.request_stop();
  std::atomic<int> started{0};
  EXPECT_THROW(
      pool_.run(5, {pool_, Priority::visible, stop.get_token(), nullptr}, [&](std::size_t, unsigned) { ++started; }),
      Stopped);
  EXPECT_EQ(started, 0);
}

TEST_P(PoolTest, AStopInTheLastTaskComesTooLate) {
  std::stop_source stop;
  const Job stoppable{pool_, Priority::visible, stop.get_token(), nullptr};
  EXPECT_NO_THROW(pool_.run(1, stoppable, [&](std::size_t, unsigned) { stop.request_stop(); }));
}

TEST_P(PoolTest, AnExceptionOfATaskReachesTheCallerAfterTheRunningTasksEnded) {
  std::atomic<int> running{0};
  std::string message;
  try {
    pool_.run(200, job(), [&](std::size_t index, unsigned) {
      ++running;
      std::this_thread::sleep_for(std::chrono::microseconds(100));
      --running;
      if (index == 5) throw std::runtime_error("task 5");
    });
  } catch (const std::runtime_error& error) {
    message = error.what();
  }
  EXPECT_EQ(message, "task 5");
  EXPECT_EQ(running, 0);
}

TEST_P(PoolTest, IsUsableAfterAnException) {
  EXPECT_THROW(pool_.run(10, job(), [](std::size_t, unsigned) { throw Error("no"); }), Error);
  std::atomic<int> runs{0};
  pool_.run(10, job(), [&](std::size_t, unsigned) { ++runs; });
  EXPECT_EQ(runs, 10);
}

TEST_P(PoolTest, ProgressCountsTasks) {
  Progress progress;
  std::atomic<bool> whole_too_early{false};
  EXPECT_EQ(progress.share(), 0.0);
  pool_.run(50, {pool_, Priority::visible, {}, &progress}, [&](std::size_t, unsigned) {
    if (progress.share() >= 1) whole_too_early = true;
  });
  EXPECT_FALSE(whole_too_early);
  EXPECT_EQ(progress.share(), 1.0);
}

TEST_P(PoolTest, NoTasksAreDoneAtOnce) {
  Progress progress;
  pool_.run(0, {pool_, Priority::visible, {}, &progress}, [](std::size_t, unsigned) { FAIL(); });
  EXPECT_EQ(progress.share(), 0.0);
}

INSTANTIATE_TEST_SUITE_P(Threads, PoolTest, testing::Values(1U, 2U, 5U), testing::PrintToStringParamName());

TEST(PoolSizeTest, ZeroTakesTheUsableCores) {
  const Pool pool;
  EXPECT_GE(pool.threads(), 1U);
  EXPECT_LE(pool.threads(), std::max(1U, std::thread::hardware_concurrency()));
}

TEST(PoolSizeTest, TasksRunAtTheSameTime) {
  Pool pool(2);
  std::atomic<int> inside{0};
  std::atomic<bool> met{false};
  pool.run(2, {pool, Priority::visible, {}, nullptr}, [&](std::size_t, unsigned) {
    ++inside;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!met && std::chrono::steady_clock::now() < end) {
      if (inside == 2) met = true;
      std::this_thread::yield();
    }
  });
  EXPECT_TRUE(met);
}

TEST(ProgressTest, DoneNeverExceedsOne) {
  Progress progress;
  progress.expect(4);
  progress.finish(1);
  EXPECT_EQ(progress.share(), 0.25);
  progress.finish(9);
  EXPECT_EQ(progress.share(), 1.0);
}

}  // namespace
}  // namespace attnscope
