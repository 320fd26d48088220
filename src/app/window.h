// A window with a current OpenGL 4.5 core context: on the desktop, or without any display for pictures and tests. What
// is drawn in it, and when, is left to Frame.
#pragma once
#include <GLFW/glfw3.h>

#include <memory>

#include "render/gl_context.h"

namespace attnscope {

// Without a display GLFW's null platform supplies sizes, clipboard and events, so that callers see one kind of window;
// it cannot make a context, so that comes from an EGL device and has no default framebuffer. One at a time in a
// process, on the main thread.
class Window {
 public:
  struct Settings {
    bool headless = false;
    int width = 1600;  // of the content, in the desktop's units; scaled by the monitor's scale where the desktop asks
    int height = 1000;
  };

  // Throws Error where there is no display, or no OpenGL 4.5.
  explicit Window(const Settings& settings);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  GLFWwindow* handle() const { return handle_; }
  bool headless() const { return context_ != nullptr; }

 private:
  struct Library {  // GLFW itself, ended after the window
    explicit Library(bool headless);
    ~Library();
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
  };

  Library library_;
  std::unique_ptr<GlContext> context_;  // only without a display
  GLFWwindow* handle_ = nullptr;
};

}  // namespace attnscope
