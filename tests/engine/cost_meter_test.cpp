// The measurement of cost: when it runs, what it throws away, where it ends.
#include "engine/cost_meter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <optional>

#include "attention/select.h"
#include "core/error.h"
#include "gated_backend.h"

namespace attnscope::test {
namespace {

constexpr std::int64_t head_dim = 4;

// Takes processor time of the calling thread, in seconds.
void spend(double seconds) {
  const auto used = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  };
  for (const double end = used() + seconds; used() < end;) {
  }
}

class Meter : public testing::Test {
 protected:
  void make(double longest_run) { meter_.emplace(backend_, head_dim, longest_run, bell_.ring()); }
  // A point takes a tenth of a second of processor time, which a busy machine gives slowly.
  bool until_finished() {
    return bell_.until([&] { return meter_->finished(); }, std::chrono::seconds(120));
  }
  bool nothing_measured() const {
    const std::vector<CostSeries> series = meter_->series();
    return std::all_of(series.begin(), series.end(), [](const CostSeries& one) { return one.points.empty(); });
  }

  GatedBackend backend_;
  Bell bell_;
  std::optional<CostMeter> meter_;
};

TEST_F(Meter, HasItsSeriesFromTheBeginning) {
  make(1);
  const std::vector<CostSeries> series = meter_->series();
  ASSERT_EQ(series.size(), 2U);
  EXPECT_EQ(series[0].name, "full");
  EXPECT_EQ(series[1].name, "window 1k");
}

TEST_F(Meter, MeasuresNothingBeforeItIsAllowed) {
  make(1);
  meter_->set_allowed(false);
  EXPECT_EQ(meter_->measuring(), 0);
  EXPECT_TRUE(nothing_measured());
  EXPECT_FALSE(meter_->finished());
  meter_.reset();  // joins its thread
  EXPECT_EQ(backend_.calls(Op::forward), 0);
}

TEST_F(Meter, MeasuresDoubledLengthsWhoseTimesGrow) {
  make(1e-9);
  meter_->set_allowed(true);
  ASSERT_TRUE(until_finished());
  make(24 * meter_->series()[0].points[0].seconds);  // two doublings, of four times the work each, whatever the machine
  meter_->set_allowed(true);
  ASSERT_TRUE(until_finished());
  EXPECT_EQ(meter_->measuring(), 0);
  for (const CostSeries& series : meter_->series()) {
    SCOPED_TRACE(series.name);
    ASSERT_GE(series.points.size(), 2U);
    for (std::size_t at = 0; at < series.points.size(); ++at) {
      const CostPoint& point = series.points[at];
      EXPECT_EQ(point.n, std::int64_t{128} << at);
      EXPECT_GE(point.runs, 3);
      // Four times the work, or twice it in a window shorter than the text.
      const double before = at == 0 ? 0 : series.points[at - 1].seconds;
      EXPECT_GT(point.seconds, 1.3 * before);
    }
  }
}

TEST_F(Meter, ThePointThatWouldTakeLongerIsNotMeasured) {
  make(0.1);
  backend_.set_trouble(Op::forward, [] { spend(0.04); });
  meter_->set_allowed(true);
  ASSERT_TRUE(until_finished());
  for (const CostSeries& series : meter_->series()) {
    ASSERT_EQ(series.points.size(), 1U) << "four times as long is too long";
    EXPECT_EQ(series.points[0].n, 128);
  }
}

TEST_F(Meter, ARunThatIsInterruptedIsThrownAwayAndBegunAgain) {
  make(1e-9);
  backend_.close(Op::forward);
  meter_->set_allowed(true);
  ASSERT_TRUE(bell_.until([&] { return backend_.calls(Op::forward) == 1; }));
  EXPECT_EQ(meter_->measuring(), 128);
  meter_->set_allowed(false);
  ASSERT_TRUE(bell_.until([&] { return backend_.stopped(Op::forward) == 1 && meter_->measuring() == 0; }));
  EXPECT_TRUE(nothing_measured());
  backend_.open();
  EXPECT_EQ(backend_.calls(Op::forward), 1) << "nothing runs that is not allowed";
  meter_->set_allowed(true);
  ASSERT_TRUE(until_finished());
  EXPECT_EQ(meter_->series()[0].points.size(), 1U);
}

TEST_F(Meter, ARunThatIsInterruptedAtItsVeryEndIsThrownAway) {
  make(1e-9);
  // The third run makes a point where three take a tenth of a second.
  backend_.set_sequel_of_forward([this] {
    spend(0.04);
    if (backend_.calls(Op::forward) == 3) meter_->set_allowed(false);
  });
  meter_->set_allowed(true);
  ASSERT_TRUE(bell_.until([&] { return backend_.calls(Op::forward) == 3 && meter_->measuring() == 0; }));
  EXPECT_TRUE(nothing_measured());
  meter_->set_allowed(true);
  EXPECT_TRUE(until_finished());
  EXPECT_FALSE(nothing_measured());
}

TEST_F(Meter, WhereMemoryEndsSoDoesTheMeasuring) {
  make(10);
  int calls = 0;
  backend_.set_trouble(Op::forward, [&] {
    if (++calls > 1) throw Error("not enough memory");
  });
  meter_->set_allowed(true);
  ASSERT_TRUE(until_finished());
  EXPECT_TRUE(nothing_measured());
  EXPECT_EQ(backend_.calls(Op::forward), 2) << "nothing longer is tried";
}

TEST_F(Meter, TheEndDoesNotWaitForARun) {
  make(1);
  backend_.close(Op::forward);
  meter_->set_allowed(true);
  ASSERT_TRUE(bell_.until([&] { return backend_.calls(Op::forward) == 1; }));
  meter_.reset();
  EXPECT_EQ(backend_.stopped(Op::forward), 1);
}

}  // namespace
}  // namespace attnscope::test
