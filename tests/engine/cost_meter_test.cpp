// Cost measured while it is allowed, by an op whose calls can be counted and held.
#include "engine/cost_meter.h"

#include <gtest/gtest.h>

#include <chrono>

#include "attention/select.h"
#include "gated_backend.h"

namespace attnscope::test {
namespace {

TEST(CostMeter, MeasuresNothingBeforeItIsAllowed) {
  Bell bell;
  GatedBackend backend;
  const CostMeter meter(backend, 8, 1e-4, bell.ring());
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  EXPECT_EQ(backend.calls(Op::forward), 0);
  EXPECT_EQ(meter.measuring(), 0);
  EXPECT_FALSE(meter.finished());
}

TEST(CostMeter, DoublesTheLengthAsLongAsARunIsExpectedToBeShort) {
  Bell bell;
  const auto backend = select_backend("cpu", "");
  constexpr double longest = 2e-3;
  CostMeter meter(*backend, 16, longest, bell.ring());
  meter.set_allowed(true);
  ASSERT_TRUE(bell.until([&] { return meter.finished(); }));
  EXPECT_EQ(meter.measuring(), 0);
  const std::vector<CostSeries> series = meter.series();
  ASSERT_EQ(series.size(), 2U);
  EXPECT_EQ(series[0].name, "full");
  EXPECT_EQ(series[1].name, "window 1k");
  for (const CostSeries& measured : series) {
    ASSERT_FALSE(measured.points.empty());
    std::int64_t n = 128;
    for (const CostPoint& point : measured.points) {
      EXPECT_EQ(point.n, n);
      EXPECT_GT(point.seconds, 0);
      EXPECT_GE(point.runs, 3);
      n *= 2;
    }
    const CostPoint& last = measured.points.back();
    EXPECT_GT(last.seconds * 4, longest) << "the next would have been short";
    if (measured.points.size() > 1) {
      EXPECT_LE(measured.points[measured.points.size() - 2].seconds * 2, longest);
    }
  }
}

TEST(CostMeter, ThrowsARunAwayThatIsUnderWayWhenItIsForbidden) {
  Bell bell;
  GatedBackend backend;
  backend.close(Op::forward);
  CostMeter meter(backend, 8, 1e-9, bell.ring());
  meter.set_allowed(true);
  ASSERT_TRUE(bell.until([&] { return backend.calls(Op::forward) == 1; }));
  EXPECT_EQ(meter.measuring(), 128);
  meter.set_allowed(false);
  ASSERT_TRUE(bell.until([&] { return backend.stopped(Op::forward) == 1; }));
  ASSERT_TRUE(bell.until([&] { return meter.measuring() == 0; }));
  EXPECT_TRUE(meter.series()[0].points.empty());
  backend.open();
  meter.set_allowed(true);
  ASSERT_TRUE(bell.until([&] { return meter.finished(); }));
  ASSERT_EQ(meter.series()[0].points.size(), 1U);
  EXPECT_EQ(meter.series()[0].points[0].n, 128);
}

TEST(CostMeter, IsForbiddenWithinMilliseconds) {
  Bell bell;
  const auto backend = select_backend("cpu", "");
  CostMeter meter(*backend, 64, 30, bell.ring());
  meter.set_allowed(true);
  ASSERT_TRUE(bell.until([&] { return meter.measuring() >= 1024; }));
  const auto before = std::chrono::steady_clock::now();
  meter.set_allowed(false);
  ASSERT_TRUE(bell.until([&] { return meter.measuring() == 0; }));
  // 20 ms on an idle machine; tests run on any.
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(1));
}

TEST(CostMeter, EndsWhileItMeasures) {
  Bell bell;
  GatedBackend backend;
  backend.close(Op::forward);
  CostMeter meter(backend, 8, 1, bell.ring());
  meter.set_allowed(true);
  ASSERT_TRUE(bell.until([&] { return backend.calls(Op::forward) == 1; }));
  // Here it ends, still allowed: the closed gate would hold it for ever.
}

TEST(CostMeter, EndsWithWhatItHasWhereMemoryIsShort) {
  Bell bell;
  GatedBackend backend;
  backend.set_trouble(Op::forward, [] { throw std::bad_alloc(); });
  CostMeter meter(backend, 8, 1, bell.ring());
  meter.set_allowed(true);
  ASSERT_TRUE(bell.until([&] { return meter.finished(); }));
  EXPECT_TRUE(meter.series()[0].points.empty());
}

}  // namespace
}  // namespace attnscope::test
