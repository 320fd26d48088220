// A text too long for one sentence: read, scrolled, picked from, captured from another place on.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "whole_window.h"

namespace attnscope {
namespace {

std::string name(std::int64_t token) { return "token " + std::to_string(token); }

class Reading : public testing::Test {
 protected:
  Reading() : window({.width = 1280, .height = 900, .first_example = false}) {
    window.open(sample_text());
    window.run(PickToken{5});
  }
  std::int64_t tokens() { return window.workspace().document()->tokens(); }

  WholeWindow window;
};

TEST_F(Reading, ShowsTextArcsAndMapInPlaceOfTheSentence) {
  ASSERT_GT(tokens(), Document::most_sentence_tokens);
  EXPECT_FALSE(window.shows("sentence"));
  for (const char* shown : {"text", "minimap", "map", "arcs", "heads"}) EXPECT_TRUE(window.shows(shown)) << shown;
}

TEST_F(Reading, AClickPicksAToken) {
  window.click(name(20));
  EXPECT_EQ(window.view().token, 20);
}

TEST_F(Reading, TokensAreLitInAmberByTheirWeight) {
  window.click(name(30));
  window.click("head 0.0");
  window.move({2, 2});
  const std::vector<float> weights = window.weights();
  const float strongest = *std::max_element(weights.begin() + 1, weights.begin() + 31);
  int lit = 0;
  for (std::int64_t i = 1; i < 30; ++i) {
    const float light = weights[static_cast<std::size_t>(i)] / strongest;
    if (light < 0.03F || !window.shows(name(i))) continue;
    const ImVec4 plate = mix(window.colors().panel, window.colors().query, 0.62F * std::pow(light, 0.65F));
    EXPECT_TRUE(is_colour(window.colour(window.point(name(i), {0.5F, 0.1F})), plate)) << i;
    ++lit;
  }
  EXPECT_GT(lit, 0);
}

TEST_F(Reading, AClickBesideTheWordsClears) {
  window.run(PickToken{tokens() - 1});
  const ImVec2 last = window.point(name(tokens() - 1), {0.5F, 1});
  window.click(ImVec2(last.x, last.y + 12));  // below the last line
  EXPECT_FALSE(window.view().token);
}

TEST_F(Reading, TheWheelScrollsWithoutPickingOrCapturing) {
  const View before = window.view();
  const Document* document = window.workspace().document();
  const float y = window.rectangle(name(40)).min.y;
  window.move(window.point("text"));
  window.wheel(-1);
  EXPECT_LT(window.rectangle(name(40)).min.y, y - 30);
  window.wheel(1);
  EXPECT_EQ(window.rectangle(name(40)).min.y, y);
  window.rest();
  EXPECT_EQ(window.view(), before);
  EXPECT_EQ(window.workspace().document(), document);
}

TEST_F(Reading, AClickOnTheMinimapScrollsThere) {
  window.click(window.point("minimap", {0.5F, 0.99F}));
  window.frames();
  EXPECT_TRUE(window.shows(name(tokens() - 1)));
  EXPECT_FALSE(window.shows(name(0)));
  window.click(window.point("minimap", {0.5F, 0.01F}));
  window.frames();
  EXPECT_TRUE(window.shows(name(0)));
}

TEST_F(Reading, APickedTokenIsBroughtIntoView) {
  ASSERT_FALSE(window.shows(name(tokens() - 1)));
  window.run(PickToken{tokens() - 1});
  EXPECT_TRUE(window.shows(name(tokens() - 1)));
  window.press(ImGuiKey_G, {ImGuiMod_Ctrl});
  window.frames();
  window.type("0");
  window.press(ImGuiKey_Enter);
  window.rest();
  EXPECT_TRUE(window.shows(name(0)));
}

TEST_F(Reading, TheSwitchOfTheTextPanelSwapsTheDirection) {
  window.click("direction attended by");
  EXPECT_EQ(window.view().direction, Direction::attended_by);
}

TEST_F(Reading, AClickOutsideTheContextCapturesFromThere) {
  window.run(CaptureFrom{30});
  ASSERT_EQ(window.workspace().document()->info().first, 30);
  EXPECT_EQ(window.workspace().document()->tokens(), tokens());
  window.click(window.point("minimap", {0.5F, 0.01F}));
  window.click(name(10));
  window.rest();
  EXPECT_EQ(window.workspace().document()->info().first, 10);
}

TEST_F(Reading, TokensOutsideTheContextAreFaintAndUnlit) {
  window.run(CaptureFrom{30});
  window.run(PickToken{60});
  EXPECT_EQ(window.weights().size(), static_cast<std::size_t>(tokens() - 30));
  const Probe::Rectangle outside = window.rectangle(name(12));
  const Image picture = window.picture();
  for (int y = static_cast<int>(outside.min.y); y < static_cast<int>(outside.max.y); ++y) {
    for (int x = static_cast<int>(outside.min.x); x < static_cast<int>(outside.max.x); ++x) {
      const auto pixel = picture.at(x, y);
      EXPECT_LE(pixel[0], 0x81 + 3) << "brighter than faint text";
    }
  }
}

}  // namespace
}  // namespace attnscope
