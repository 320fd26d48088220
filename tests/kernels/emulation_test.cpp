// What the emulation of a block promises: it runs right kernels right and shows wrong ones, whatever the schedule.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <thread>

#include "core/error.h"
#include "kernels/emulation/async_copies.h"
#include "kernels/emulation/cuda.h"

namespace attnscope::emulation {
namespace {

constexpr Schedule schedules[] = {{Schedule::Order::forward, true},
                                  {Schedule::Order::reverse, true},
                                  {Schedule::Order::random, true},
                                  {Schedule::Order::forward, false}};

float* shared_floats() { return reinterpret_cast<float*>(Block::current().shared()); }

Counters run(unsigned threads, const Schedule& schedule, const std::function<void()>& body,
             std::size_t shared_bytes = 4096) {
  BlockRunner runner;
  runner.run({0, 1, threads, shared_bytes}, schedule, {}, body);
  return runner.counters();
}

std::string failure(unsigned threads, const std::function<void()>& body) {
  try {
    run(threads, {}, body);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(EmulationTest, EveryThreadRunsOnceInItsBlock) {
  for (const Schedule& schedule : schedules) {
    std::vector<int> runs(96);
    BlockRunner runner;
    for (unsigned block = 0; block < 3; ++block)
      runner.run({block, 3, 96, 0}, schedule, {}, [&] { runs[threadIdx.x] += static_cast<int>(blockIdx.x) + 1; });
    EXPECT_THAT(runs, testing::Each(6));
    EXPECT_EQ(runner.counters().blocks, 3U);
  }
}

TEST(EmulationTest, SharedMemoryIsNaNUntilItIsWritten) {
  BlockRunner runner;
  for (int block = 0; block < 2; ++block) {
    bool all_nan = true;
    runner.run({0, 1, 32, 128}, {}, {}, [&] {
      all_nan = all_nan && std::isnan(shared_floats()[threadIdx.x]);
      shared_floats()[threadIdx.x] = 1;
    });
    EXPECT_TRUE(all_nan) << "block " << block;
  }
}

// Each thread hands its number on to the next through shared memory.
std::vector<float> neighbours(const Schedule& schedule, bool with_barrier) {
  std::vector<float> seen(128);
  run(128, schedule, [&] {
    shared_floats()[threadIdx.x] = static_cast<float>(threadIdx.x);
    if (with_barrier) __syncthreads();
    seen[threadIdx.x] = shared_floats()[(threadIdx.x + 1) % 128];
  });
  return seen;
}

TEST(EmulationTest, ABarrierMakesWhatWasWrittenBeforeItSeen) {
  for (const Schedule& schedule : schedules) {
    const std::vector<float> seen = neighbours(schedule, true);
    for (std::size_t t = 0; t < seen.size(); ++t) EXPECT_EQ(seen[t], static_cast<float>((t + 1) % 128));
  }
}

TEST(EmulationTest, AMissingBarrierShowsInEverySchedule) {
  for (const Schedule& schedule : schedules) {
    const std::vector<float> seen = neighbours(schedule, false);
    EXPECT_TRUE(std::any_of(seen.begin(), seen.end(), [](float x) { return std::isnan(x); }));
  }
}

TEST(EmulationTest, ABarrierThatFreesMemoryTooLateShowsInSomeSchedule) {
  int wrong = 0;
  for (const Schedule& schedule : schedules) {
    std::vector<float> seen(64);
    run(64, schedule, [&] {
      shared_floats()[threadIdx.x] = 1;
      __syncthreads();
      seen[threadIdx.x] = shared_floats()[(threadIdx.x + 32) % 64];
      shared_floats()[threadIdx.x] = 2;  // the other warp may not have read yet
    });
    wrong += std::any_of(seen.begin(), seen.end(), [](float x) { return x != 1; }) ? 1 : 0;
  }
  EXPECT_GT(wrong, 0);
}

TEST(EmulationTest, ShufflesExchangeValuesBetweenLanes) {
  for (const Schedule& schedule : schedules) {
    std::vector<unsigned> got(64);
    run(64, schedule, [&] { got[threadIdx.x] = __shfl_xor_sync(~0U, threadIdx.x, 5); });
    for (unsigned t = 0; t < 64; ++t) EXPECT_EQ(got[t], t ^ 5U);
  }
}

TEST(EmulationTest, ALaneThatSkipsAShuffleIsADeadlock) {
  EXPECT_THAT(failure(32,
                      [] {
                        if (threadIdx.x != 3) __shfl_xor_sync(~0U, 1, 1);
                      }),
              testing::HasSubstr("a lane ends while its warp waits at shfl.bfly (block 0, thread 3)"));
}

TEST(EmulationTest, AWarpThatDivergesIsRefused) {
  EXPECT_THAT(failure(32,
                      [] {
                        if (threadIdx.x < 16) {
                          __shfl_xor_sync(~0U, 1, 1);
                        } else {
                          __syncthreads();
                        }
                      }),
              testing::HasSubstr("warp diverges: a barrier meets shfl.bfly"));
}

TEST(EmulationTest, AThreadThatSkipsABarrierIsRefused) {
  EXPECT_THAT(failure(64,
                      [] {
                        if (threadIdx.x != 40) __syncthreads();
                      }),
              testing::HasSubstr("a thread ends while others wait at a barrier"));
}

TEST(EmulationTest, ABlockThatNoGpuTakesIsRefused) {
  EXPECT_THAT(failure(33, [] {}), testing::HasSubstr("no GPU launches blocks of 33 threads"));
  EXPECT_THROW(run(
                   32, {}, [] {}, 100U << 10U),
               Error);
}

TEST(EmulationTest, ARunnerWorksAfterAFailedBlock) {
  BlockRunner runner;
  EXPECT_THROW(runner.run({0, 1, 64, 0}, {}, {},
                          [] {
                            if (threadIdx.x == 9) Block::current().fail({"made to fail"});
                            __syncthreads();
                          }),
               Error);
  int runs = 0;
  runner.run({0, 1, 64, 0}, {}, {}, [&] { ++runs; });
  EXPECT_EQ(runs, 64);
}

TEST(EmulationTest, ARunnerMayMoveFromOneHostThreadToAnother) {
  BlockRunner here, there;
  std::vector<int> runs(64);
  const auto body = [&] {
    __syncthreads();
    runs[threadIdx.x] += 1 + static_cast<int>(blockIdx.x);
  };
  here.run({0, 2, 64, 0}, {}, {}, body);
  std::jthread([&] {
    there.run({0, 2, 64, 0}, {}, {}, [] {});
    here.run({1, 2, 64, 0}, {}, {}, body);
  }).join();
  EXPECT_THAT(runs, testing::Each(3));
}

TEST(EmulationTest, AStoppedBlockEndsAtItsNextBarrier) {
  std::stop_source stop;
  BlockRunner runner;
  int rounds = 0;
  const auto endless = [&] {
    for (;;) {
      if (threadIdx.x == 0 && ++rounds == 3) stop.request_stop();
      __syncthreads();
    }
  };
  EXPECT_THROW(runner.run({0, 1, 64, 0}, {}, stop.get_token(), endless), Stopped);
  EXPECT_EQ(rounds, 3);
}

// Each thread copies a word of 16 bytes and reads it.
std::vector<float> copied(const Schedule& schedule, std::size_t keep) {
  alignas(16) static constexpr float source[4] = {1, 2, 3, 4};
  std::vector<float> seen(64);
  run(32, schedule, [&] {
    float* place = shared_floats() + threadIdx.x * 8;
    async_copy(place, source, 16);
    async_commit();
    async_copy(place + 4, nullptr, 16);
    async_commit();
    async_wait(keep);
    seen[threadIdx.x] = place[2];
    seen[32 + threadIdx.x] = place[6];
  });
  return seen;
}

TEST(EmulationTest, CopiesLandWhenTheyAreWaitedFor) {
  for (const Schedule& schedule : schedules) {
    const std::vector<float> seen = copied(schedule, 0);
    EXPECT_EQ(seen[7], 3);
    EXPECT_EQ(seen[32 + 7], 0) << "a copy of zeros";
  }
}

TEST(EmulationTest, LateCopiesLandNoSoonerThanTheyMust) {
  EXPECT_EQ(copied({Schedule::Order::forward, true}, 1)[7], 3);
  EXPECT_TRUE(std::isnan(copied({Schedule::Order::forward, true}, 1)[32 + 7]));
  EXPECT_TRUE(std::isnan(copied({Schedule::Order::forward, true}, 2)[7]));
  EXPECT_EQ(copied({Schedule::Order::forward, false}, 2)[7], 3);
}

TEST(EmulationTest, ACopyToMemoryOfOthersIsRefused) {
  EXPECT_THAT(failure(32, [] { async_copy(Block::current().shared() + 4096, nullptr, 16); }),
              testing::HasSubstr("cp.async: an address outside shared memory"));
  EXPECT_THAT(failure(32, [] { async_copy(Block::current().shared() + 8, nullptr, 16); }),
              testing::HasSubstr("cp.async: a misaligned address in shared memory"));
}

}  // namespace
}  // namespace attnscope::emulation
