#include "app/window.h"

#include <glad/gl.h>

#include <string>

#include "core/error.h"

namespace attnscope {
namespace {

// What GLFW says of its last failure, in brackets, or nothing.
std::string glfw_reason() {
  const char* description = nullptr;
  return glfwGetError(&description) == GLFW_NO_ERROR || description == nullptr ? ""
                                                                               : " (" + std::string(description) + ")";
}

constexpr const char* instead = "; `attnscope render` draws the window to a file, without a display";

GLFWwindow* make_window(const Window::Settings& settings) {
  glfwWindowHint(GLFW_CLIENT_API, settings.headless ? GLFW_NO_API : GLFW_OPENGL_API);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 4);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 5);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_SCALE_TO_MONITOR, GLFW_TRUE);
  glfwWindowHintString(GLFW_X11_CLASS_NAME, "attnscope");
  glfwWindowHintString(GLFW_WAYLAND_APP_ID, "attnscope");
  GLFWwindow* window = glfwCreateWindow(settings.width, settings.height, "attnscope", nullptr, nullptr);
  if (window == nullptr) throw Error("cannot open a window with OpenGL 4.5" + glfw_reason() + instead);
  return window;
}

}  // namespace

Window::Library::Library(bool headless) {
  glfwInitHint(GLFW_PLATFORM, headless ? GLFW_PLATFORM_NULL : GLFW_ANY_PLATFORM);
  if (glfwInit() == GLFW_FALSE)
    throw Error("no display (X11 or Wayland) to open a window on" + glfw_reason() + instead);
}

Window::Library::~Library() { glfwTerminate(); }

Window::Window(const Settings& settings)
    : library_(settings.headless),
      context_(settings.headless ? std::make_unique<GlContext>() : nullptr),
      handle_(make_window(settings)) {
  if (settings.headless) return;
  glfwMakeContextCurrent(handle_);
  glfwSwapInterval(1);
  if (gladLoadGL(glfwGetProcAddress) == 0) throw Error("this display's OpenGL lacks functions of version 4.5");
}

Window::~Window() { glfwDestroyWindow(handle_); }

}  // namespace attnscope
