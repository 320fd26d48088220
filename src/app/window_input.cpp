#include "app/window_input.h"

#include <imgui.h>
#include <imgui_impl_glfw.h>

#include <utility>

namespace attnscope {

WindowInput& WindowInput::of(GLFWwindow* window) {
  return *static_cast<WindowInput*>(glfwGetWindowUserPointer(window));
}

WindowInput::WindowInput(Window& window, GlyphAliases& aliases) : window_(window), aliases_(aliases) {
  glfwSetWindowUserPointer(window_.handle(), this);
  glfwSetCharCallback(window_.handle(), [](GLFWwindow* handle, unsigned code_point) {
    ImGui_ImplGlfw_CharCallback(handle, of(handle).aliases_.typed(code_point));
  });
  glfwSetDropCallback(window_.handle(), [](GLFWwindow* handle, int count, const char** paths) {
    for (int i = 0; i < count; ++i) of(handle).dropped_.emplace_back(paths[i]);
  });
  ImGuiPlatformIO& platform = ImGui::GetPlatformIO();
  platform.Platform_ClipboardUserData = this;
  platform.Platform_GetClipboardTextFn = [](ImGuiContext* /*context*/) {
    auto& input = *static_cast<WindowInput*>(ImGui::GetPlatformIO().Platform_ClipboardUserData);
    const char* text = glfwGetClipboardString(input.window_.handle());
    input.clipboard_ = text == nullptr ? "" : input.aliases_.editable(text);
    return input.clipboard_.c_str();
  };
  platform.Platform_SetClipboardTextFn = [](ImGuiContext* /*context*/, const char* text) {
    auto& input = *static_cast<WindowInput*>(ImGui::GetPlatformIO().Platform_ClipboardUserData);
    glfwSetClipboardString(input.window_.handle(), input.aliases_.original(text).c_str());
  };
}

WindowInput::~WindowInput() {
  glfwSetCharCallback(window_.handle(), ImGui_ImplGlfw_CharCallback);
  glfwSetDropCallback(window_.handle(), nullptr);
  glfwSetWindowUserPointer(window_.handle(), nullptr);
  ImGuiPlatformIO& platform = ImGui::GetPlatformIO();
  platform.Platform_GetClipboardTextFn = nullptr;
  platform.Platform_SetClipboardTextFn = nullptr;
  platform.Platform_ClipboardUserData = nullptr;
}

std::vector<std::filesystem::path> WindowInput::take_dropped() { return std::exchange(dropped_, {}); }

}  // namespace attnscope
