// What the window says while there is no text, while a text is computed, and when something went wrong. With
// ATTNSCOPE_TEST_PICTURES=FOLDER in the environment each state is written there as a picture (scripts/pictures).
#include <gtest/gtest.h>

#include <cstdlib>

#include "whole_window.h"

namespace attnscope {
namespace {

struct Look {
  Theme theme;
  int width, height;
};

void PrintTo(const Look& look, std::ostream* out) {
  *out << look.width << "x" << look.height << (look.theme == Theme::dark ? " dark" : " light");
}

class States : public testing::TestWithParam<Look> {
 protected:
  WholeWindow window_{
      {.width = GetParam().width, .height = GetParam().height, .theme = GetParam().theme, .first_example = false}};

  void keep_picture(const std::string& state) {
    const char* folder = std::getenv("ATTNSCOPE_TEST_PICTURES");
    if (folder == nullptr) return;
    const std::string size = std::to_string(GetParam().width) + "x" + std::to_string(GetParam().height);
    const char* theme = GetParam().theme == Theme::dark ? "dark" : "light";
    write_png(window_.picture(),
              std::filesystem::path(folder) / ("state-" + state + "-" + size + "-" + theme + ".png"));
  }
};

TEST_P(States, WithoutATextTheWindowOffersAFieldAndThreeExamples) {
  window_.rest();
  EXPECT_TRUE(window_.shows("sentence"));
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_TRUE(window_.shows("example " + window_.workspace().examples().at(i).name));
  EXPECT_FALSE(window_.shows("stop"));
  keep_picture("empty");
}

// One thread takes seconds for these 32,768 tokens: the first frames see it at work.
TEST_P(States, WhileATextIsComputedItIsReadableAndCanBeStopped) {
  std::string text;
  while (text.size() < 32768 * 4) text += sample_text() + "\n\n";
  window_.workspace().execute(OpenText{text, "long.txt"});
  for (int frame = 0; frame < 1000 && !(window_.shows("stop") && window_.shows("minimap")); ++frame) window_.frames();
  ASSERT_TRUE(window_.shows("stop"));
  EXPECT_TRUE(window_.shows("minimap"));
  EXPECT_EQ(window_.workspace().capture_status().stage, CaptureStage::computing);
  keep_picture("capturing");
  window_.click("stop");
  window_.rest();
  EXPECT_EQ(window_.workspace().capture_status().stage, CaptureStage::stopped);
  EXPECT_FALSE(window_.shows("stop"));
  keep_picture("stopped");
}

TEST_P(States, WhatWentWrongIsSaidAndWhatWasThereStays) {
  window_.open(sample_text());
  const auto tokens = window_.workspace().document()->tokens();
  window_.drop("/nowhere/at-all.txt");
  window_.rest();
  EXPECT_TRUE(window_.shows("notice"));
  EXPECT_EQ(window_.workspace().document()->tokens(), tokens);
  keep_picture("error");
}

INSTANTIATE_TEST_SUITE_P(Window, States, testing::Values(Look{Theme::dark, 1280, 720}, Look{Theme::light, 1600, 1000}));

}  // namespace
}  // namespace attnscope
