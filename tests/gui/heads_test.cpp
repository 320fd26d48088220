// Layers and heads: picked in the grid, stepped by keys and in the bar.
#include <gtest/gtest.h>

#include "whole_window.h"

namespace attnscope {
namespace {

using Place = std::pair<std::int64_t, std::int64_t>;

Place picked(const WholeWindow& window) { return {window.view().layer, window.view().head}; }

TEST(Heads, AClickInTheGridPicksTheHead) {
  WholeWindow window;
  for (const Place place : {Place{0, 2}, Place{1, 3}, Place{1, 0}}) {
    window.click("head " + std::to_string(place.first) + "." + std::to_string(place.second));
    EXPECT_EQ(picked(window), place);
  }
}

TEST(Heads, AnotherHeadLightsTheWordsAnew) {
  WholeWindow window;
  window.run(PickHead{0, 0});
  const std::vector<float> first = window.weights();
  window.click("head 1.1");
  EXPECT_NE(window.weights(), first);
}

TEST(Heads, ArrowKeysStepThroughTheGridWhereItHasTheKeyboard) {
  WholeWindow window;
  const auto token = window.view().token;
  window.click("head 0.1");
  window.press(ImGuiKey_DownArrow);
  EXPECT_EQ(picked(window), Place(0, 2));
  window.press(ImGuiKey_RightArrow);
  EXPECT_EQ(picked(window), Place(1, 2));
  window.press(ImGuiKey_UpArrow);
  EXPECT_EQ(picked(window), Place(1, 1));
  window.press(ImGuiKey_LeftArrow);
  EXPECT_EQ(picked(window), Place(0, 1));
  EXPECT_EQ(window.view().token, token);
}

TEST(Heads, ArrowKeysStepThroughTokensAgainAfterAClickOnAWord) {
  WholeWindow window;
  window.click("head 0.1");
  window.click("token 3");
  window.press(ImGuiKey_RightArrow);
  EXPECT_EQ(window.view().token, 4);
  EXPECT_EQ(picked(window), Place(0, 1));
}

TEST(Heads, TheKeyOfThePanelGivesItTheKeyboard) {
  WholeWindow window;
  window.run(PickHead{0, 0});
  window.press(ImGuiKey_3);
  window.press(ImGuiKey_DownArrow);
  EXPECT_EQ(picked(window), Place(0, 1));
}

TEST(Heads, SteppersInTheBarStepAndStopAtTheEnds) {
  WholeWindow window;
  window.run(PickHead{0, 2});
  window.click("head next");
  window.click("head next");
  EXPECT_EQ(picked(window), Place(0, 3));
  window.click("head previous");
  EXPECT_EQ(picked(window), Place(0, 2));
  window.click("layer next");
  window.click("layer next");
  EXPECT_EQ(picked(window), Place(1, 2));
  window.click("layer previous");
  EXPECT_EQ(picked(window), Place(0, 2));
}

TEST(Heads, BracketsStepHeadsAndBracesLayers) {
  WholeWindow window;
  window.run(PickHead{0, 0});
  window.type("]");
  EXPECT_EQ(picked(window), Place(0, 1));
  window.type("}");
  EXPECT_EQ(picked(window), Place(1, 1));
  window.type("[");
  EXPECT_EQ(picked(window), Place(1, 0));
  window.type("{");
  EXPECT_EQ(picked(window), Place(0, 0));
}

TEST(Heads, AHoveredHeadIsShownButNotPicked) {
  WholeWindow window;
  window.run(PickHead{0, 0});
  window.move(window.point("head 1.2"));
  EXPECT_EQ(window.workspace().transient().hover_head, Place(1, 2));
  EXPECT_EQ(picked(window), Place(0, 0));
}

TEST(Heads, TheStrongestHeadForThePairIsPickedByAClickOnItsBar) {
  WholeWindow window({.width = 1600, .height = 1000});
  window.run(PickPair{8, 4});
  float best = 0;
  Place strongest;
  for (std::int64_t layer = 0; layer < 2; ++layer) {
    for (std::int64_t head = 0; head < 4; ++head) {
      window.run(PickHead{layer, head});
      const float weight = window.weights().at(4);
      if (weight > best) {
        best = weight;
        strongest = {layer, head};
      }
    }
  }
  window.click("strong head 0");
  EXPECT_EQ(picked(window), strongest);
}

TEST(Heads, PicturesAreShownInPlaceOfThePair) {
  WholeWindow window;
  const Probe::Rectangle grid = window.rectangle("heads");
  const Image before = window.picture();
  window.click("shade pictures");
  window.rest();
  EXPECT_GT(changed_pixels(before, window.picture(), grid.min, grid.max), 500);
}

}  // namespace
}  // namespace attnscope
