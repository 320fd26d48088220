// When frames are due: at once after input, at the display's rate while something moves, never in an idle window.
#include "app/frame_pacer.h"

#include <gtest/gtest.h>

namespace attnscope {
namespace {

constexpr double hour = 3600.0, start = 100.0;

// A pacer whose last input was at `start`, and whose last frame was drawn `drawn` seconds later.
FramePacer settled(double drawn) {
  FramePacer pacer;
  pacer.input_came(start);
  pacer.frame_began();
  pacer.frame_began();
  pacer.frame_drawn(start + drawn);
  return pacer;
}

TEST(FramePacer, DrawsTheFirstFramesAtOnceAndThenSleeps) {
  FramePacer pacer;
  for (int i = 0; i < 3; ++i) {
    EXPECT_LE(pacer.seconds_to_next_frame({.now = start}), 0.0) << i;
    pacer.frame_began();
    pacer.frame_drawn(start);
  }
  EXPECT_EQ(pacer.seconds_to_next_frame({.now = start}), hour);
}

TEST(FramePacer, DrawsTwoFramesAfterInput) {
  FramePacer pacer = settled(1.0);
  pacer.input_came(start + 2.0);
  for (int i = 0; i < 2; ++i) {
    EXPECT_LE(pacer.seconds_to_next_frame({.now = start + 2.0}), 0.0) << i;
    pacer.frame_began();
    pacer.frame_drawn(start + 2.0);
  }
  EXPECT_GT(pacer.seconds_to_next_frame({.now = start + 2.0}), 0.0);
}

TEST(FramePacer, DoesNotSleepOnInputThatWaits) {
  EXPECT_LE(settled(9.0).seconds_to_next_frame({.now = start + 9.0, .input_waits = true}), 0.0);
}

TEST(FramePacer, LooksTwiceForTooltipsAfterInput) {
  EXPECT_NEAR(settled(0.05).seconds_to_next_frame({.now = start + 0.05}), 0.15, 1e-9);
  EXPECT_NEAR(settled(0.2).seconds_to_next_frame({.now = start + 0.2}), 0.3, 1e-9);
  EXPECT_EQ(settled(0.5).seconds_to_next_frame({.now = start + 0.5}), hour);
}

TEST(FramePacer, KeepsTheDisplaysRateWhileSomethingMoves) {
  const FramePacer pacer = settled(5.0);
  const PaceState moving{.now = start + 5.004, .animating = true, .display_interval = 0.010};
  EXPECT_NEAR(pacer.seconds_to_next_frame(moving), 0.006, 1e-9);
  const PaceState late{.now = start + 5.020, .animating = true, .display_interval = 0.010};
  EXPECT_LE(pacer.seconds_to_next_frame(late), 0.0);
}

// On for .8 s, off for .4 s; drawn 10 ms after the change.
TEST(FramePacer, WakesWhenTheTextCursorChanges) {
  const FramePacer pacer = settled(3.0);
  const auto wait = [&pacer](double caret_time) {
    return pacer.seconds_to_next_frame({.now = start + 3.0, .editing = true, .caret_time = caret_time});
  };
  EXPECT_NEAR(wait(0.1), 0.71, 1e-9);
  EXPECT_NEAR(wait(0.9), 0.31, 1e-9);
  EXPECT_NEAR(wait(1.3), 0.71, 1e-9);
  EXPECT_NEAR(wait(-0.3), 1.11, 1e-9);
}

TEST(FramePacer, LeavesTheTextCursorOnAfterTenSecondsWithoutInput) {
  const FramePacer pacer = settled(11.0);
  EXPECT_EQ(pacer.seconds_to_next_frame({.now = start + 11.0, .editing = true, .caret_time = 0.1}), hour);
  EXPECT_NEAR(pacer.seconds_to_next_frame({.now = start + 11.0, .editing = true, .caret_time = 0.9}), 0.31, 1e-9);
}

}  // namespace
}  // namespace attnscope
