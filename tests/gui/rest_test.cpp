// A window at rest draws nothing by itself; with reduced motion it is at rest at once.
#include <gtest/gtest.h>

#include "whole_window.h"

namespace attnscope {
namespace {

TEST(Rest, ASettledSentenceNeedsNoFrames) {
  WholeWindow window;
  EXPECT_FALSE(window.animating());
  EXPECT_FALSE(window.workspace().due_in());
  const Image before = window.picture();
  window.pass(60);
  window.frames();
  EXPECT_EQ(window.picture().pixels, before.pixels);
}

TEST(Rest, ASettledTextNeedsNoFrames) {
  WholeWindow window({.first_example = false});
  window.open(sample_text());
  EXPECT_FALSE(window.animating());
  EXPECT_FALSE(window.workspace().due_in());
  const Image before = window.picture();
  window.pass(60);
  window.frames();
  EXPECT_EQ(window.picture().pixels, before.pixels);
}

TEST(Rest, TheEmptyWindowNeedsNoFrames) {
  WholeWindow window({.first_example = false});
  window.frames(4);
  EXPECT_FALSE(window.animating());
  EXPECT_FALSE(window.workspace().due_in());
}

TEST(Rest, TypingIsDueAQuarterOfASecondLater) {
  WholeWindow window;
  window.click("sentence");
  window.type_whole("x");
  ASSERT_TRUE(window.workspace().due_in());
  EXPECT_GT(*window.workspace().due_in(), 0.1);
  EXPECT_LE(*window.workspace().due_in(), 0.25);
}

TEST(Rest, ReducedMotionMovesNothingAfterAPick) {
  WholeWindow window({.reduced_motion = true});
  window.click("token 3");
  window.move({2, 300});
  window.wait();
  EXPECT_FALSE(window.animating());
  const Image at_once = window.picture();
  window.pass(0.5);
  window.frames();
  EXPECT_EQ(window.picture().pixels, at_once.pixels);
  window.run(MoveMap{{6, 6, 5}});
  window.move(window.point("map"));
  window.wheel(1);
  window.wait();
  EXPECT_FALSE(window.animating());
}

TEST(Rest, TheCostIsMeasuredWhileNobodyNeedsTheMachine) {
  WholeWindow window({.width = 1600, .height = 1000, .measures = true, .first_example = false});
  window.open(sample_text());
  window.frames();
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  const auto points = [&window] {
    const CostMeter* meter = window.workspace().cost();
    return meter == nullptr || meter->series().empty() ? 0U : meter->series().front().points.size();
  };
  while (points() < 2 && std::chrono::steady_clock::now() < end) window.wait();
  ASSERT_GE(points(), 2U);
  EXPECT_TRUE(window.shows("cost chart"));
  window.move({200, 200});  // whoever moves the mouse has the machine
  EXPECT_EQ(window.workspace().cost()->measuring(), 0);
  ASSERT_TRUE(window.workspace().due_in());
}

}  // namespace
}  // namespace attnscope
