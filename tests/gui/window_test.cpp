// The window without a display: sizes, clipboard, OpenGL; and what is said where there is no display to open one on.
#include "app/window.h"

#include <glad/gl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "core/error.h"

namespace attnscope {
namespace {

TEST(Window, WithoutADisplayHasASizeAClipboardAndOpenGl) {
  const Window window({.headless = true, .width = 640, .height = 480});
  int width = 0, height = 0;
  glfwGetFramebufferSize(window.handle(), &width, &height);
  EXPECT_EQ(width, 640);
  EXPECT_EQ(height, 480);
  glfwSetClipboardString(window.handle(), "Внимание");
  EXPECT_STREQ(glfwGetClipboardString(window.handle()), "Внимание");
  GLint major = 0;
  glGetIntegerv(GL_MAJOR_VERSION, &major);
  EXPECT_EQ(major, 4);
}

TEST(Window, SaysWhatToDoWhereThereIsNoDisplay) {
  for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"}) ::unsetenv(name);
  ::setenv("XDG_RUNTIME_DIR", testing::TempDir().c_str(), 1);  // where no Wayland server listens
  try {
    const Window window({.headless = false});
    FAIL() << "a window without a display";
  } catch (const InputError&) {
    FAIL() << "a missing display is not the input's fault";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("no display"));
    EXPECT_THAT(error.what(), testing::HasSubstr("attnscope render"));
    EXPECT_THAT(error.what(), testing::Not(testing::HasSubstr("\n")));
  }
}

}  // namespace
}  // namespace attnscope
