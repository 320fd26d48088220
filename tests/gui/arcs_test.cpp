// The arcs of reading mode: hovered, clicked, zoomed with the map.
#include <gtest/gtest.h>

#include "whole_window.h"

namespace attnscope {
namespace {

class Arcs : public testing::Test {
 protected:
  Arcs() : window({.width = 1280, .height = 900, .first_example = false}) {
    window.open(sample_text());
    window.run(PickToken{150});
    window.run(PickHead{1, 0});
  }
  // The other end of an arc that is far enough from others to be pointed at: the longest one on screen.
  std::int64_t far_arc() {
    for (std::int64_t token = 1; token < 150; ++token) {
      if (window.shows("arc " + std::to_string(token))) return token;
    }
    throw std::runtime_error("no arc on screen");
  }

  WholeWindow window;
};

TEST_F(Arcs, HoveringOneRunsTheLightAgainAndPicksNothing) {
  const View before = window.view();
  const double picked_at = window.workspace().transient().picked_at;
  window.move(window.point("arc " + std::to_string(far_arc())));
  EXPECT_GT(window.workspace().transient().picked_at, picked_at);
  EXPECT_EQ(window.view(), before);
}

TEST_F(Arcs, AClickOnOnePicksThePair) {
  const std::int64_t key = far_arc();
  window.click("arc " + std::to_string(key));
  EXPECT_EQ(window.view().token, 150);
  EXPECT_EQ(window.view().other, key);
}

TEST_F(Arcs, BelowTheLineAClickPicksTheQuery) {
  window.run(PickToken{20});
  window.run(SetDirection{Direction::attended_by});
  std::int64_t query = -1;
  for (std::int64_t token = 40; token < 280 && query < 0; ++token) {
    if (window.shows("arc " + std::to_string(token))) query = token;
  }
  ASSERT_GE(query, 0);
  window.click("arc " + std::to_string(query));
  EXPECT_EQ(window.view().token, 20);
  EXPECT_EQ(window.view().other, query);
}

TEST_F(Arcs, TheWheelZoomsTheMapToo) {
  window.move(window.point("arcs", {0.5F, 0.3F}));
  window.wheel(2);
  EXPECT_GT(window.view().map.cells, 0);
  EXPECT_LT(window.view().map.cells, static_cast<double>(window.workspace().document()->tokens()));
}

TEST_F(Arcs, TheButtonHidesTheArcsOfAllTokens) {
  const Probe::Rectangle arcs = window.rectangle("arcs");
  window.move({2, 2});
  const Image before = window.picture();
  window.click("everyone");
  window.move({2, 2});
  window.rest();
  EXPECT_FALSE(window.view().everyone);
  EXPECT_GT(changed_pixels(before, window.picture(), arcs.min, arcs.max), 300);
}

}  // namespace
}  // namespace attnscope
