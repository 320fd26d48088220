// The sentence as large words: lit by their weights, picked by clicks and keys, with arcs over them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "whole_window.h"

namespace attnscope {
namespace {

// Where a word's plate shows neither ink nor border.
constexpr ImVec2 bare_plate{0.12F, 0.5F};

// The arcs over the words: from below the field to the highest word.
int changed_arcs(WholeWindow& window, const Image& before) {
  const ImVec2 top = window.point("sentence", {0, 1});
  return changed_pixels(before, window.picture(), {0, top.y + 20},
                        {static_cast<float>(before.width), window.rectangle("token 0").min.y - 4});
}

std::int64_t brightest(const std::vector<float>& weights) {
  std::int64_t best = 1;
  for (std::int64_t i = 1; i < std::ssize(weights); ++i) {
    const auto weight = [&](std::int64_t token) { return weights[static_cast<std::size_t>(token)]; };
    if (std::isnan(weight(best)) || weight(i) > weight(best)) best = i;
  }
  return best;
}

std::string name(std::int64_t token) { return "token " + std::to_string(token); }

TEST(Sentence, BeginsWithTheFirstExampleAndItsWordPicked) {
  WholeWindow window;
  const Document& document = *window.workspace().document();
  EXPECT_EQ(document.info().text, window.workspace().examples().front().text);
  ASSERT_TRUE(window.view().token);
  EXPECT_EQ(document.label(*window.view().token), "it");
}

TEST(Sentence, TheStrongestWordIsAmberAndMaskedWordsAreDark) {
  WholeWindow window;
  const std::vector<float> weights = window.weights();
  const ImVec4 lit = mix(window.colors().raised, window.colors().query, 0.94F);
  EXPECT_TRUE(is_colour(window.colour(window.point(name(brightest(weights)), bare_plate)), lit));
  const std::int64_t masked = *window.view().token + 1;
  ASSERT_TRUE(std::isnan(weights.at(static_cast<std::size_t>(masked))));
  EXPECT_TRUE(is_colour(window.colour(window.point(name(masked), bare_plate)), window.colors().raised));
}

TEST(Sentence, AClickPicksAWordAndBringsItsArcsAndItsRow) {
  WholeWindow window;
  const Image before = window.picture();
  const std::int64_t mat = window.token("mat");
  window.click(name(mat));
  window.move({2, 300});
  window.rest();
  EXPECT_EQ(window.view().token, mat);
  EXPECT_GT(changed_arcs(window, before), 500);
  const ImVec2 edge = window.cell(mat, 0, {0.5F, 0});
  EXPECT_TRUE(is_colour(window.colour({edge.x, edge.y}), window.colors().query) ||
              is_colour(window.colour({edge.x, edge.y - 1}), window.colors().query));
}

TEST(Sentence, AHoveredWordIsShownButNotPicked) {
  WholeWindow window;
  const View before = window.view();
  window.move(window.point(name(2)));
  EXPECT_EQ(window.workspace().transient().hover_token, 2);
  EXPECT_EQ(window.view(), before);
}

TEST(Sentence, LightRunsOnTheArcsAfterAPickAndRests) {
  WholeWindow window;
  window.click(name(window.token("mat")));
  window.move({2, 300});
  window.wait();
  window.pass(0.5);
  window.frames();
  EXPECT_TRUE(window.animating());
  const Image early = window.picture();
  window.pass(0.3);
  window.frames();
  EXPECT_GT(changed_arcs(window, early), 50);
  window.rest();
  EXPECT_FALSE(window.animating());
}

// The first token gives itself everything; its plate is bare all the same.
TEST(Sentence, ThePickedWordIsAnOutlineWhateverItGivesItself) {
  WholeWindow window;
  window.click(name(0));
  window.move({2, 300});
  window.rest();
  ASSERT_GT(window.weights().at(0), 0.99F);
  EXPECT_TRUE(is_colour(window.colour(window.point(name(0), bare_plate)), window.colors().panel));
}

TEST(Sentence, SpaceRunsTheLightAgain) {
  WholeWindow window;
  ASSERT_FALSE(window.animating());
  window.press(ImGuiKey_Space);
  window.frames();
  EXPECT_TRUE(window.animating());
}

TEST(Sentence, TheSwitchAsksWhoAttendsToTheWord) {
  WholeWindow window;
  window.click("direction attended by");
  EXPECT_EQ(window.view().direction, Direction::attended_by);
  window.click(name(2));
  window.move({2, 300});
  const std::vector<float> weights = window.weights();
  std::int64_t strongest = -1;  // beside the word itself, which stays an outline
  for (std::int64_t i = 3; i < std::ssize(weights); ++i) {
    const auto weight = [&](std::int64_t token) { return weights[static_cast<std::size_t>(token)]; };
    if (strongest < 0 || weight(i) > weight(strongest)) strongest = i;
  }
  ASSERT_GT(strongest, 0);
  const ImVec4& key = window.colors().key;
  const auto blueness = [&](std::int64_t token) {
    const auto pixel = window.colour(window.point(name(token), bare_plate));
    return key.z * static_cast<float>(pixel[2]) - key.x * static_cast<float>(pixel[0]);
  };
  for (std::int64_t i = 3; i < std::ssize(weights); ++i) EXPECT_LE(blueness(i), blueness(strongest) + 1e-3F) << i;
  EXPECT_GT(blueness(strongest), blueness(2));
  window.click("direction attends to");
  EXPECT_EQ(window.view().direction, Direction::attends_to);
}

TEST(Sentence, AnExamplesChipOpensIt) {
  WholeWindow window;
  window.click("example repeated name");
  window.rest();
  EXPECT_EQ(window.workspace().document()->info().text, window.workspace().examples().at(1).text);
  EXPECT_EQ(window.workspace().draft(), window.workspace().examples().at(1).text);
}

TEST(Sentence, TheDocumentMenuOpensAnExample) {
  WholeWindow window;
  window.click("document");
  window.click("document agreement");
  window.rest();
  EXPECT_EQ(window.view().token, window.token("are"));
  EXPECT_EQ(window.workspace().document()->info().text, window.workspace().examples().at(2).text);
}

TEST(Sentence, TheEmptyWindowOffersExamples) {
  WholeWindow window({.first_example = false});
  window.frames(4);
  EXPECT_EQ(window.workspace().document(), nullptr);
  window.click("example agreement");
  window.rest();
  ASSERT_NE(window.workspace().document(), nullptr);
  EXPECT_EQ(window.workspace().document()->info().text, window.workspace().examples().at(2).text);
}

TEST(Sentence, TheLightThemeLightsWordsInItsOwnAmber) {
  WholeWindow window({.theme = Theme::light});
  const std::int64_t strongest = brightest(window.weights());
  const ImVec4 lit = mix(palette(Theme::light).raised, palette(Theme::light).query, 0.94F);
  EXPECT_TRUE(is_colour(window.colour(window.point(name(strongest), bare_plate)), lit));
  window.press(ImGuiKey_T, {ImGuiMod_Ctrl});
  window.rest();
  EXPECT_EQ(window.workspace().settings().theme, Theme::dark);
  const ImVec4 dark = mix(palette(Theme::dark).raised, palette(Theme::dark).query, 0.94F);
  EXPECT_TRUE(is_colour(window.colour(window.point(name(strongest), bare_plate)), dark));
}

}  // namespace
}  // namespace attnscope
