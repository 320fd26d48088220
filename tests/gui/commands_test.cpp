// Commands by keys and by name: the palette, the keys overlay, tokens and links by arrows, undo and redo.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "whole_window.h"

namespace attnscope {
namespace {

Overlay overlay(WholeWindow& window) { return window.workspace().transient().overlay; }

void open_palette(WholeWindow& window) {
  window.press(ImGuiKey_P, {ImGuiMod_Ctrl, ImGuiMod_Shift});
  window.frames();
}

TEST(Commands, ArrowsStepThroughTokensAndStopAtTheEnds) {
  WholeWindow window;
  window.run(PickToken{1});
  window.press(ImGuiKey_RightArrow);
  EXPECT_EQ(window.view().token, 2);
  for (int i = 0; i < 3; ++i) window.press(ImGuiKey_LeftArrow);
  EXPECT_EQ(window.view().token, 0);
}

TEST(Commands, DownAndUpStepThroughLinksByStrength) {
  WholeWindow window;
  window.run(PickHead{1, 0});
  const std::vector<float> weights = window.weights();
  std::vector<std::int64_t> keys;
  for (std::int64_t key = 0; key < std::ssize(weights); ++key) {
    if (weights[static_cast<std::size_t>(key)] > 0) keys.push_back(key);
  }
  std::stable_sort(keys.begin(), keys.end(), [&weights](std::int64_t a, std::int64_t b) {
    return weights[static_cast<std::size_t>(a)] > weights[static_cast<std::size_t>(b)];
  });
  const std::int64_t first = window.workspace().pair()->second;
  const auto here = std::find(keys.begin(), keys.end(), first);
  ASSERT_LT(here + 2, keys.end());
  window.press(ImGuiKey_DownArrow);
  EXPECT_EQ(window.view().other, *(here + 1));
  window.press(ImGuiKey_DownArrow);
  EXPECT_EQ(window.view().other, *(here + 2));
  window.press(ImGuiKey_UpArrow);
  EXPECT_EQ(window.view().other, *(here + 1));
}

TEST(Commands, TabSwapsTheDirection) {
  WholeWindow window;
  window.press(ImGuiKey_Tab);
  EXPECT_EQ(window.view().direction, Direction::attended_by);
  window.press(ImGuiKey_Tab);
  EXPECT_EQ(window.view().direction, Direction::attends_to);
}

TEST(Commands, AHidesAndShowsTheArcsOfAllTokens) {
  WholeWindow window;
  window.run(PickHead{0, 1});
  const Probe::Rectangle words = window.rectangle("words");
  const Image before = window.picture();
  window.press(ImGuiKey_A);
  window.rest();
  EXPECT_FALSE(window.view().everyone);
  EXPECT_GT(changed_pixels(before, window.picture(), words.min, words.max), 100);
  window.press(ImGuiKey_A);
  window.rest();
  EXPECT_TRUE(window.view().everyone);
}

TEST(Commands, EscapeClearsWhatIsPicked) {
  WholeWindow window;
  window.press(ImGuiKey_Escape);
  EXPECT_FALSE(window.view().token);
  window.rest();
  EXPECT_TRUE(is_colour(window.colour(window.point("token 2", {0.12F, 0.5F})), window.colors().raised));
}

TEST(Commands, UndoAndRedoGoThroughViews) {
  WholeWindow window;
  const View first = window.view();
  window.click("token 2");
  window.click("head 0.3");
  const View last = window.view();
  window.press(ImGuiKey_Z, {ImGuiMod_Ctrl});
  window.press(ImGuiKey_Z, {ImGuiMod_Ctrl});
  EXPECT_EQ(window.view(), first);
  window.press(ImGuiKey_Y, {ImGuiMod_Ctrl});
  window.press(ImGuiKey_Y, {ImGuiMod_Ctrl});
  EXPECT_EQ(window.view(), last);
}

TEST(Commands, TheWheelsStepsOnTheMapAreOneStepBack) {
  WholeWindow window;
  window.move(window.point("map"));
  for (int i = 0; i < 4; ++i) window.wheel(1);
  ASSERT_NE(window.view().map, MapCamera());
  window.press(ImGuiKey_Z, {ImGuiMod_Ctrl});
  EXPECT_EQ(window.view().map, MapCamera());
}

TEST(Commands, ThePaletteFiltersByWordsAndRunsTheFirst) {
  WholeWindow window;
  open_palette(window);
  EXPECT_EQ(overlay(window), Overlay::palette);
  EXPECT_TRUE(window.shows("command Next token"));
  window.type("light DARK");
  EXPECT_TRUE(window.shows("command Dark or light"));
  EXPECT_FALSE(window.shows("command Next token"));
  window.press(ImGuiKey_Enter);
  EXPECT_EQ(overlay(window), Overlay::none);
  EXPECT_EQ(window.workspace().settings().theme, Theme::light);
}

TEST(Commands, ThePaletteRunsWhatArrowsChooseAndWhatIsClicked) {
  WholeWindow window;
  window.run(PickToken{3});
  open_palette(window);
  window.press(ImGuiKey_DownArrow);  // from "Next token"
  window.press(ImGuiKey_Enter);
  EXPECT_EQ(window.view().token, 2);
  open_palette(window);
  window.click("command Next token");
  EXPECT_EQ(window.view().token, 3);
  EXPECT_EQ(overlay(window), Overlay::none);
}

TEST(Commands, ThePaletteListsAllWhenScrolledByArrows) {
  WholeWindow window;
  open_palette(window);
  ASSERT_FALSE(window.shows("command Quit"));
  for (int i = 0; i < 40; ++i) window.press(ImGuiKey_DownArrow);
  EXPECT_TRUE(window.shows("command Quit"));
  window.press(ImGuiKey_Enter);
  EXPECT_TRUE(window.workspace().transient().quit);
}

TEST(Commands, EscapeAndAClickAsideCloseThePalette) {
  WholeWindow window;
  const View before = window.view();
  open_palette(window);
  window.press(ImGuiKey_Escape);
  EXPECT_EQ(overlay(window), Overlay::none);
  EXPECT_EQ(window.view(), before) << "Esc closes, it does not clear too";
  window.click("palette");
  window.frames();
  EXPECT_EQ(overlay(window), Overlay::palette);
  window.click(ImVec2(4, 400));
  EXPECT_EQ(overlay(window), Overlay::none);
}

TEST(Commands, TheBarsButtonClosesThePaletteThatItOpened) {
  WholeWindow window;
  window.click("palette");
  ASSERT_EQ(overlay(window), Overlay::palette);
  window.frames();
  window.click("palette");
  EXPECT_EQ(overlay(window), Overlay::none);
}

TEST(Commands, AQuestionMarkShowsTheKeysAndEscapeHidesThem) {
  WholeWindow window;
  window.type("?");
  window.frames();
  EXPECT_EQ(overlay(window), Overlay::keys);
  EXPECT_TRUE(window.shows("overlay"));
  window.press(ImGuiKey_Escape);
  window.frames();
  EXPECT_FALSE(window.shows("overlay"));
}

TEST(Commands, StopKeepsTheLayersThatAreThere) {
  WholeWindow window;
  window.press(ImGuiKey_Period, {ImGuiMod_Ctrl});
  window.rest();
  EXPECT_NE(window.workspace().layer(1), nullptr);
  EXPECT_TRUE(window.shows("map"));
}

}  // namespace
}  // namespace attnscope
