// Every size of window: all panels of its layout on screen, side by side; the keys of panels; very small windows.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "whole_window.h"

namespace attnscope {
namespace {

struct Case {
  int width, height;
  bool sentence;
  std::vector<std::string> panels;  // that are in front
};

void PrintTo(const Case& size, std::ostream* out) {
  *out << size.width << "x" << size.height << (size.sentence ? " sentence" : " text");
}

// What of these is on screen lies within the window, and no two cover each other.
void expect_apart(WholeWindow& window, const std::vector<std::string>& names, ImVec2 size) {
  std::vector<Probe::Rectangle> seen;
  for (const std::string& name : names) {
    ASSERT_TRUE(window.shows(name)) << name;
    const Probe::Rectangle at = window.rectangle(name);
    EXPECT_GE(at.min.x, 0) << name;
    EXPECT_GE(at.min.y, 0) << name;
    EXPECT_LE(at.max.x, size.x) << name;
    EXPECT_LE(at.max.y, size.y) << name;
    EXPECT_GT(at.max.x - at.min.x, 100) << name;
    EXPECT_GT(at.max.y - at.min.y, 20) << name;
    for (const Probe::Rectangle& other : seen) {
      const bool apart =
          at.max.x <= other.min.x || other.max.x <= at.min.x || at.max.y <= other.min.y || other.max.y <= at.min.y;
      EXPECT_TRUE(apart) << name;
    }
    seen.push_back(at);
  }
}

class Sizes : public testing::TestWithParam<Case> {};

TEST_P(Sizes, ShowEveryPanelApartFromTheOthers) {
  const Case& size = GetParam();
  WholeWindow window({.width = size.width, .height = size.height, .first_example = size.sentence});
  if (!size.sentence) window.open(sample_text());
  std::vector<std::string> names{"top bar", "status bar"};
  names.insert(names.end(), size.panels.begin(), size.panels.end());
  expect_apart(window, names, {static_cast<float>(size.width), static_cast<float>(size.height)});
}

const std::vector<std::string> of_sentence{"words", "panel Why", "panel Map", "panel Heads"};
const std::vector<std::string> all{"panel Text", "panel Map", "panel Heads", "panel Why", "panel Arcs", "panel Cost"};

INSTANTIATE_TEST_SUITE_P(Layout, Sizes,
                         testing::Values(Case{960, 600, true, of_sentence}, Case{1280, 720, true, of_sentence},
                                         Case{1600, 1000, true, of_sentence}, Case{2560, 1440, true, of_sentence},
                                         Case{960, 600, false, {"panel Text", "panel Arcs", "panel Why"}},
                                         Case{1280, 720, false, {"panel Text", "panel Map", "panel Arcs", "panel Why"}},
                                         Case{1600, 1000, false, all}, Case{2560, 1440, false, all}));

TEST(Layout, ManyTokensOfASentenceStayBelowTheFieldInASmallWindow) {
  for (const Direction direction : {Direction::attends_to, Direction::attended_by}) {
    WholeWindow window({.width = 960, .height = 600, .first_example = false});
    std::string text = "These are";
    for (int i = 0; i < 13; ++i) text += " certainly reasonable";
    window.open(text);
    window.run(SetDirection{direction});
    ASSERT_TRUE(window.workspace().document()->is_sentence());
    const Probe::Rectangle words = window.rectangle("words");
    for (const Unit& unit : window.workspace().document()->units()) {
      const Probe::Rectangle at = window.rectangle("token " + std::to_string(unit.first_token));
      EXPECT_GE(at.min.y, window.rectangle("sentence").max.y) << unit.first_token;
      EXPECT_LE(at.max.y, words.max.y) << unit.first_token;
    }
  }
}

TEST(Layout, TokensOfASentenceLieInTheirPartAndApart) {
  WholeWindow window({.width = 960, .height = 600});
  const Probe::Rectangle words = window.rectangle("words");
  Probe::Rectangle last{};
  for (std::int64_t token = 0; token < window.workspace().document()->tokens(); ++token) {
    const Probe::Rectangle at = window.rectangle("token " + std::to_string(token));
    EXPECT_GE(at.min.y, window.rectangle("sentence").max.y);
    EXPECT_LE(at.max.y, words.max.y);
    EXPECT_GE(at.min.x, words.min.x);
    EXPECT_LE(at.max.x, words.max.x);
    EXPECT_TRUE(at.min.x >= last.max.x || at.min.y >= last.max.y) << token;
    last = at;
  }
}

TEST(Layout, AWindowThatChangesItsSizeKeepsItsPanelsApart) {
  WholeWindow window({.width = 1600, .height = 1000, .first_example = false});
  window.open(sample_text());
  for (const auto& [width, height] : {std::pair{1280, 720}, std::pair{960, 600}, std::pair{1600, 1000}}) {
    glfwSetWindowSize(window.window().handle(), width, height);
    window.rest();
    std::vector<std::string> names{"top bar", "status bar"};
    for (const std::string& name : all) {
      if (window.shows(name)) names.push_back(name);
    }
    EXPECT_GE(names.size(), 5U);
    expect_apart(window, names, {static_cast<float>(width), static_cast<float>(height)});
  }
}

TEST(Layout, VerySmallWindowsDraw) {
  for (const bool sentence : {true, false}) {
    WholeWindow window({.width = 300, .height = 200, .first_example = sentence});
    if (!sentence) window.open(sample_text());
    for (const auto& [width, height] :
         {std::pair{120, 90}, std::pair{1, 1}, std::pair{2000, 60}, std::pair{60, 1200}}) {
      glfwSetWindowSize(window.window().handle(), width, height);
      window.rest();
      window.click(ImVec2(5, 5));
      EXPECT_EQ(window.picture().width, width);
    }
  }
}

TEST(Layout, KeysBringHiddenPanelsToTheFront) {
  WholeWindow window({.width = 960, .height = 600, .first_example = false});
  window.open(sample_text());
  for (const auto& [key, panel] :
       {std::pair{ImGuiKey_6, "panel Cost"}, std::pair{ImGuiKey_4, "panel Why"}, std::pair{ImGuiKey_3, "panel Heads"},
        std::pair{ImGuiKey_2, "panel Map"}, std::pair{ImGuiKey_5, "panel Arcs"}}) {
    window.press(key);
    window.frames(4);
    EXPECT_TRUE(window.shows(panel)) << panel;
  }
}

TEST(Layout, ThePickOfATokenShowsWhyInALowWindow) {
  WholeWindow window({.width = 1280, .height = 720, .first_example = false});
  window.open(sample_text());
  window.press(ImGuiKey_3);
  window.frames(4);
  ASSERT_FALSE(window.shows("panel Why"));
  window.click("token " + std::to_string(*window.view().token - 3));
  window.rest();
  EXPECT_TRUE(window.shows("panel Why"));
}

TEST(Layout, TheCostOfASentenceIsShownToThoseWhoAsk) {
  WholeWindow window;
  ASSERT_FALSE(window.shows("panel Cost"));
  window.press(ImGuiKey_6);
  window.frames(4);
  EXPECT_TRUE(window.shows("panel Cost"));
  window.press(ImGuiKey_6);
  window.frames(4);
  EXPECT_FALSE(window.shows("panel Cost"));
}

TEST(Layout, PanelsArePutBackWhereTheyWere) {
  WholeWindow window({.width = 1600, .height = 1000, .first_example = false});
  window.open(sample_text());
  const Probe::Rectangle before = window.rectangle("panel Text");
  const float edge = (before.max.x + window.rectangle("panel Map").min.x) / 2;
  window.drag({edge, 300}, {edge + 150, 300});
  window.frames(4);
  ASSERT_GT(window.rectangle("panel Text").max.x, before.max.x + 100);
  window.run(ResetLayout{});
  EXPECT_EQ(window.rectangle("panel Text").max.x, before.max.x);
}

}  // namespace
}  // namespace attnscope
