// What is typed, pasted and dropped arrives whole and is captured; while a field is edited, keys are the field's.
#include <gtest/gtest.h>

#include "../formats/temporary_folder.h"
#include "whole_window.h"

namespace attnscope {
namespace {

const std::string& captured(WholeWindow& window) { return window.workspace().document()->info().text; }

// The sentence field has the keyboard, its whole text selected.
void edit_sentence(WholeWindow& window) {
  window.click("sentence");
  window.press(ImGuiKey_A, {ImGuiMod_Ctrl});
}

TEST(Typing, IsCapturedAQuarterOfASecondAfterTheLastKey) {
  WholeWindow window;
  const std::string before = captured(window);
  edit_sentence(window);
  window.type_whole("A dog ran");
  EXPECT_EQ(window.workspace().draft(), "A dog ran");
  window.pass(0.15);
  window.wait();
  EXPECT_EQ(captured(window), before);
  EXPECT_TRUE(window.shows("token 3"));
  window.pass(0.15);
  window.wait();
  EXPECT_EQ(captured(window), "A dog ran");
}

TEST(Typing, ThePictureStaysUntilTheNewTextIsThere) {
  WholeWindow window;
  const std::string before = captured(window);
  edit_sentence(window);
  window.type_whole("A dog ran home");
  window.pass(0.3);
  window.frames(1);
  EXPECT_TRUE(captured(window) == before || captured(window) == "A dog ran home");
  EXPECT_TRUE(window.shows("token 1"));
  EXPECT_TRUE(window.shows("map"));
}

TEST(Typing, KeepsEmojiAndEveryScriptWhole) {
  WholeWindow window;
  edit_sentence(window);
  const std::string text = "漢字と \U0001F600 и \U00020000 é";
  window.type_whole(text);
  EXPECT_EQ(window.workspace().draft(), text);
  window.pass(0.3);
  window.rest();
  EXPECT_EQ(captured(window), text);
}

TEST(Typing, PastingIntoTheFieldKeepsEmojiWhole) {
  WholeWindow window;
  edit_sentence(window);
  glfwSetClipboardString(window.window().handle(), "\U0001F408 sat on 畳");
  window.press(ImGuiKey_V, {ImGuiMod_Ctrl});
  EXPECT_EQ(window.workspace().draft(), "\U0001F408 sat on 畳");
}

TEST(Typing, CopyingFromTheFieldGivesTheRealText) {
  WholeWindow window;
  edit_sentence(window);
  window.type_whole("\U0001F600 漢");
  window.press(ImGuiKey_A, {ImGuiMod_Ctrl});
  window.press(ImGuiKey_C, {ImGuiMod_Ctrl});
  EXPECT_STREQ(glfwGetClipboardString(window.window().handle()), "\U0001F600 漢");
}

TEST(Typing, PastingIntoTheWindowOpensTheText) {
  WholeWindow window;
  glfwSetClipboardString(window.window().handle(), "Пушкин met \U0001F600.");
  window.press(ImGuiKey_V, {ImGuiMod_Ctrl});
  window.rest();
  EXPECT_EQ(captured(window), "Пушкин met \U0001F600.");
  EXPECT_EQ(window.workspace().draft(), "Пушкин met \U0001F600.");
}

TEST(Typing, ADroppedTextIsOpened) {
  WholeWindow window;
  const TemporaryFolder folder;
  write_file(folder.file("note.txt"), "The lamp was out.");
  window.drop(folder.file("note.txt"));
  window.rest();
  EXPECT_EQ(captured(window), "The lamp was out.");
  EXPECT_EQ(window.workspace().document()->name(), "note.txt");
}

TEST(Typing, TheFieldsUndoIsItsOwn) {
  WholeWindow window;
  window.click("token 1");
  const View picked = window.view();
  window.click("sentence");
  window.press(ImGuiKey_End);
  window.type_whole("!");
  ASSERT_TRUE(window.workspace().draft().ends_with("!"));
  window.press(ImGuiKey_Z, {ImGuiMod_Ctrl});
  EXPECT_FALSE(window.workspace().draft().ends_with("!"));
  EXPECT_EQ(window.view(), picked);
}

TEST(Typing, LettersAndArrowsAreTheFieldsWhileItIsEdited) {
  WholeWindow window;
  const View before = window.view();
  window.click("sentence");
  for (const ImGuiKey key : {ImGuiKey_M, ImGuiKey_L, ImGuiKey_LeftArrow, ImGuiKey_UpArrow}) window.press(key);
  window.type_whole("]?");
  EXPECT_EQ(window.view(), before);
  EXPECT_EQ(window.workspace().transient().overlay, Overlay::none);
}

}  // namespace
}  // namespace attnscope
