// What went wrong stands in one line of the status bar, until it is dismissed; what was there stays.
#include <gtest/gtest.h>

#include "../formats/temporary_folder.h"
#include "whole_window.h"

namespace attnscope {
namespace {

TEST(Notice, AFileThatIsNotThereIsSaidAndDismissedByAClick) {
  WholeWindow window;
  const std::string before = window.workspace().document()->info().text;
  window.drop("/nowhere/at-all.txt");
  window.rest();
  ASSERT_TRUE(window.workspace().notice());
  EXPECT_TRUE(window.workspace().notice()->error);
  EXPECT_NE(window.workspace().notice()->text.find("at-all.txt"), std::string::npos);
  EXPECT_EQ(window.workspace().notice()->text.find('\n'), std::string::npos);
  EXPECT_TRUE(window.shows("notice"));
  EXPECT_EQ(window.workspace().document()->info().text, before);
  window.click("notice");
  window.frames();
  EXPECT_FALSE(window.workspace().notice());
  EXPECT_FALSE(window.shows("notice"));
}

TEST(Notice, ABrokenFileLeavesTheWindowUsable) {
  WholeWindow window;
  const TemporaryFolder folder;
  write_file(folder.file("broken.txt"), std::string("a\0b", 3));
  window.drop(folder.file("broken.txt"));
  window.rest();
  ASSERT_TRUE(window.workspace().notice());
  window.click("token 2");
  EXPECT_EQ(window.view().token, 2);
  window.click("example repeated name");
  window.rest();
  EXPECT_FALSE(window.workspace().notice());
  EXPECT_EQ(window.workspace().document()->info().text, window.workspace().examples().at(1).text);
}

TEST(Notice, AnEmptyFieldIsNoError) {
  WholeWindow window;
  window.click("sentence");
  window.press(ImGuiKey_A, {ImGuiMod_Ctrl});
  window.press(ImGuiKey_Delete);
  EXPECT_EQ(window.workspace().draft(), "");
  window.pass(0.3);
  window.rest();
  EXPECT_FALSE(window.workspace().notice());
  EXPECT_TRUE(window.shows("token 0"));
}

}  // namespace
}  // namespace attnscope
