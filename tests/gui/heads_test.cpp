// Layers and heads: picked in the grid, stepped by keys and in the bar.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "whole_window.h"

namespace attnscope {
namespace {

using Place = std::pair<std::int64_t, std::int64_t>;

Place picked(const WholeWindow& window) { return {window.view().layer, window.view().head}; }

TEST(Heads, AClickInTheGridPicksTheHead) {
  WholeWindow window;
  for (const Place& place : {Place{0, 2}, Place{1, 3}, Place{1, 0}}) {
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

TEST(Heads, TheListOfStrongestHeadsHoldsThePickedOne) {
  WholeWindow window({.width = 1600, .height = 1000});
  window.run(PickPair{8, 4});
  float least = 2;
  Place weakest;
  for (std::int64_t layer = 0; layer < 2; ++layer) {
    for (std::int64_t head = 0; head < 4; ++head) {
      window.run(PickHead{layer, head});
      const float weight = window.weights().at(4);
      if (weight > 0 && weight < least) {
        least = weight;
        weakest = {layer, head};
      }
    }
  }
  window.run(PickHead{weakest.first, weakest.second});
  window.click("strong head 4");
  EXPECT_EQ(picked(window), weakest);
}

float brightness(const std::array<std::uint8_t, 4>& pixel) {
  return static_cast<float>(pixel[0] + pixel[1] + pixel[2]) / 255;
}

TEST(Heads, AMetricShadesTheCellsByItsNumber) {
  WholeWindow window({.width = 1600, .height = 1000, .first_example = false});
  window.open(sample_text());
  window.click("shade metric");
  window.rest();
  window.click("metric");
  window.rest();
  window.click("metric previous token");
  window.move({2, 300});
  window.rest();
  const auto ids = window.workspace().document()->context_ids();
  std::vector<std::pair<double, float>> heads;  // mass on the token before, brightness of the cell
  for (std::int64_t l = 0; l < 2; ++l) {
    const auto layer = window.workspace().layer(l);
    for (std::int64_t h = 0; h < 4; ++h) {
      const auto profile = window.workspace().engine().find(ProfileRequest{{layer->id, h}});
      ASSERT_NE(profile, nullptr);
      const std::string cell = "head " + std::to_string(l) + "." + std::to_string(h);
      heads.emplace_back(profile->previous, brightness(window.colour(window.point(cell))));
    }
  }
  std::sort(heads.begin(), heads.end());
  EXPECT_GT(heads.back().first, 2 * heads.front().first);
  EXPECT_GT(heads.back().second, heads.front().second + 0.1F);
  for (std::size_t i = 1; i < heads.size(); ++i) EXPECT_GE(heads[i].second, heads[i - 1].second - 0.02F) << i;
}

}  // namespace
}  // namespace attnscope
