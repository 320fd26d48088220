// Launches are cut into parts that are short by what the parts before took; every kernel's time is kept.
#include "attention/cuda/launch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <optional>

#include "core/error.h"
#include "fake_device.h"

namespace attnscope::test {
namespace {

using cuda::Launcher;
using kernels::KernelId;

constexpr double longest = 10e-3;

class Launching : public testing::Test {
 protected:
  // A launch of blocks that say to work for `block_work` each.
  double launch(int blocks, double block_work, KernelId kernel = KernelId::map, Job job = {pool()}) {
    device_.parts.clear();
    const auto queue = device_.open();
    return launcher_->launch(*queue, {{kernel, DType::f16, 1}, nullptr, 0, blocks, 0, block_work}, job);
  }
  // Waves of blocks of so many seconds each; `scale(block)` of the first of a part.
  void take(
      double seconds_of_a_wave, std::function<double(int)> scale = [](int) { return 1.0; }) {
    device_.seconds_of = [this, seconds_of_a_wave, scale](int first, int count) {
      return std::ceil(static_cast<double>(count) / device_.at_once) * seconds_of_a_wave * scale(first + count - 1);
    };
  }
  void expect_every_block_once(int blocks) const {
    int next = 0;
    for (const auto& part : device_.parts) {
      EXPECT_EQ(part.first, next);
      next += part.count;
    }
    EXPECT_EQ(next, blocks);
  }
  double longest_part() const {
    double most = 0;
    for (const auto& part : device_.parts) most = std::max(most, part.seconds);
    return most;
  }
  static Pool& pool() {
    static Pool one(1);
    return one;
  }

  FakeDevice device_;
  std::optional<Launcher> launcher_{std::in_place};
};

// From a wave of a microsecond to one of five milliseconds.
TEST_F(Launching, PartsAreShortAndFewHoweverFastTheDeviceIs) {
  for (const double wave : {1e-6, 3e-5, 4e-4, 5e-3}) {
    launcher_.emplace();
    take(wave);
    const int blocks = static_cast<int>(0.5 / wave) * device_.at_once + 17;
    for (int t = 0; t < 2; ++t) {
      launch(blocks, 1e9);
      expect_every_block_once(blocks);
      EXPECT_LE(longest_part(), longest) << wave;
      EXPECT_LE(device_.parts.size(), 0.5 / (Launcher::wanted_seconds / 2) + 12) << wave;
    }
  }
}

TEST_F(Launching, AShortLaunchIsOnePart) {
  take(1e-5);
  launch(100, 1e6);
  launch(370, 1e6);
  EXPECT_EQ(device_.parts.size(), 1U);
}

TEST_F(Launching, FewerBlocksThanRunAtOnceAreNeverLaunchedAlone) {
  take(30e-3);
  launch(1000, 1e12);
  expect_every_block_once(1000);
  for (const auto& part : device_.parts) EXPECT_EQ(part.count, device_.at_once);
}

// As a causal map: the first blocks are masked whole and cost nothing, the last cost all.
TEST_F(Launching, BlocksThatBecomeDearerDoNotMakeALongPart) {
  const int blocks = 400 * device_.at_once;
  take(1e-3, [&](int last) { return static_cast<double>(last + 1) / blocks; });
  launch(blocks, 1e9);
  expect_every_block_once(blocks);
  EXPECT_LE(longest_part(), longest);
}

TEST_F(Launching, ALaunchBeginsByTheRateOfTheLastOne) {
  take(1e-4);
  launch(10 * device_.at_once, 1e6);
  EXPECT_EQ(device_.parts.front().count, device_.at_once) << "nothing is known of the first";
  launch(10 * device_.at_once, 1e6);
  EXPECT_EQ(device_.parts.front().count, 4 * device_.at_once);
  take(100 * 1e-4);
  launch(10 * device_.at_once, 100 * 1e6);
  EXPECT_EQ(device_.parts.front().count, device_.at_once) << "blocks of a hundred times the work";
}

TEST_F(Launching, TimesAndLaunchesOfEachKernelAreKept) {
  take(1e-3);
  const double map = launch(1, 1) + launch(1, 1);
  const double select = launch(1, 1, KernelId::select);
  const std::vector<KernelTime> times = launcher_->times();
  ASSERT_EQ(times.size(), 2U);
  EXPECT_EQ(times[0].kernel, "map f16");
  EXPECT_EQ(times[0].launches, 2U);
  EXPECT_DOUBLE_EQ(times[0].seconds, map);
  EXPECT_EQ(times[1].kernel, "select");
  EXPECT_DOUBLE_EQ(times[1].seconds, select);
  EXPECT_DOUBLE_EQ(map, 2e-3);
}

TEST_F(Launching, AStopIsAnsweredBetweenParts) {
  std::stop_source stop;
  device_.seconds_of = [&](int first, int) {
    if (first > 0) stop.request_stop();
    return 5e-3;
  };
  EXPECT_THROW(launch(1000, 1, KernelId::map, {pool(), Priority::visible, stop.get_token(), nullptr}), Stopped);
  EXPECT_EQ(device_.parts.size(), 2U);
}

TEST_F(Launching, ProgressIsWholeAtTheEndAndHalfAtHalf) {
  Progress progress;
  double half = 0;
  device_.seconds_of = [&](int first, int) {
    if (first == 500) half = progress.share();
    return 5e-3;
  };
  launch(1000, 1, KernelId::map, {pool(), Priority::visible, {}, &progress});
  EXPECT_EQ(half, 0.5);
  EXPECT_EQ(progress.share(), 1.0);
}

}  // namespace
}  // namespace attnscope::test
