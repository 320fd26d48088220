// Going to a token by its number, finding a text.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "whole_window.h"

namespace attnscope {
namespace {

void open_overlay(WholeWindow& window, ImGuiKey key) {
  window.press(key, {ImGuiMod_Ctrl});
  window.frames();
}

TEST(Find, GoesToTheTokenOfANumber) {
  WholeWindow window;
  open_overlay(window, ImGuiKey_G);
  window.type("4");
  window.press(ImGuiKey_Enter);
  EXPECT_EQ(window.view().token, 4);
  EXPECT_EQ(window.workspace().transient().overlay, Overlay::none);
}

TEST(Find, StaysWhereTheNumberIsNoToken) {
  WholeWindow window;
  const auto before = window.view().token;
  open_overlay(window, ImGuiKey_G);
  window.type("4000");
  window.press(ImGuiKey_Enter);
  EXPECT_EQ(window.view().token, before);
  EXPECT_EQ(window.workspace().transient().overlay, Overlay::go_to);
}

class FindTest : public testing::Test {
 protected:
  FindTest() {
    window.open("mat it it cat it");
    window.run(PickToken{2});
    open_overlay(window, ImGuiKey_F);
  }
  // The token that holds the beginning of one of the words.
  std::int64_t at(std::size_t byte) {
    const std::vector<Token>& tokens = window.workspace().document()->info().tokens;
    return std::find_if(tokens.begin(), tokens.end(),
                        [byte](const Token& t) { return t.end > static_cast<std::int64_t>(byte); }) -
           tokens.begin();
  }
  static constexpr std::array<std::size_t, 3> words{4, 7, 14};

  WholeWindow window;
};

TEST_F(FindTest, PicksTheNextOneAndGoesAround) {
  window.run(PickToken{0});
  window.type("it");
  EXPECT_EQ(window.view().token, at(words[0]));
  for (const std::size_t which : {1, 2, 0}) {
    window.press(ImGuiKey_Enter);
    window.frames();
    EXPECT_EQ(window.view().token, at(words.at(which)));
  }
}

TEST_F(FindTest, ShiftEnterPicksThePreviousOneAndGoesAround) {
  window.run(PickToken{0});
  window.type("it");
  for (const std::size_t which : {2, 1, 0}) {
    window.press(ImGuiKey_Enter, {ImGuiMod_Shift});
    window.frames();
    EXPECT_EQ(window.view().token, at(words.at(which)));
  }
}

TEST_F(FindTest, StaysWhereNothingIsFound) {
  window.type("whale");
  window.press(ImGuiKey_Enter);
  EXPECT_EQ(window.view().token, 2);
  EXPECT_EQ(window.workspace().transient().overlay, Overlay::find);
}

TEST_F(FindTest, CanBeEditedAfterEnter) {
  window.type("it");
  window.press(ImGuiKey_Enter);
  window.frames();
  window.press(ImGuiKey_A, {ImGuiMod_Ctrl});
  window.type("cat");
  EXPECT_EQ(window.view().token, at(10));
}

TEST(Find, FindsEmojiThatWereTyped) {
  WholeWindow window;
  window.open("a cat \U0001F408 sat");
  window.run(PickToken{0});
  open_overlay(window, ImGuiKey_F);
  window.type_whole("\U0001F408");
  const Document& document = *window.workspace().document();
  ASSERT_TRUE(window.view().token);
  const Unit& unit = document.units()[document.unit_of(*window.view().token)];
  const std::string_view text = document.info().text;
  const std::string_view found =
      text.substr(static_cast<std::size_t>(unit.begin), static_cast<std::size_t>(unit.end - unit.begin));
  EXPECT_EQ(without_spaces(found), "\U0001F408");
}

}  // namespace
}  // namespace attnscope
