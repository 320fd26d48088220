#include "app/frame.h"

#include <imgui_impl_glfw.h>
#include <imgui_impl_opengl3.h>
#include <imgui_internal.h>
#include <implot.h>

#include <algorithm>
#include <cstddef>

namespace attnscope {
namespace {

constexpr float height_at_scale_1 = 900.0F;
constexpr float text_size = 16.0F;  // unless a style says otherwise; an em of 13 px, see ui/fonts.h

double display_interval() {
  GLFWmonitor* monitor = glfwGetPrimaryMonitor();
  const GLFWvidmode* mode = monitor == nullptr ? nullptr : glfwGetVideoMode(monitor);
  return 1.0 / (mode == nullptr || mode->refreshRate <= 0 ? 60.0 : mode->refreshRate);
}

}  // namespace

Frame::Contexts::Contexts(const Window& window) {
  IMGUI_CHECKVERSION();
  ImGui::CreateContext();
  ImPlot::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.ConfigFlags |= ImGuiConfigFlags_DockingEnable;  // not NavEnableKeyboard: the arrow keys are the product's own
  io.ConfigWindowsMoveFromTitleBarOnly = true;
  io.IniFilename = nullptr;
  ImGui::GetStyle().FontSizeBase = text_size;
  ImGui_ImplGlfw_InitForOpenGL(window.handle(), true);
  ImGui_ImplOpenGL3_Init("#version 450 core");
  // The null platform never reports the pointer; without this the backend would poll it and undo injected positions.
  if (window.headless()) ImGui_ImplGlfw_CursorEnterCallback(window.handle(), GLFW_TRUE);
}

Frame::Contexts::~Contexts() {
  ImGui_ImplOpenGL3_Shutdown();
  ImGui_ImplGlfw_Shutdown();
  ImPlot::DestroyContext();
  ImGui::DestroyContext();
}

Frame::Frame(Window& window, float fixed_scale) : window_(window), fixed_scale_(fixed_scale), contexts_(window) {}

Frame::~Frame() = default;

float Frame::scale() const {
  if (fixed_scale_ > 0.0F) return fixed_scale_;
  int width = 0, height = 0;
  glfwGetWindowSize(window_.handle(), &width, &height);
  return std::clamp(static_cast<float>(height) / height_at_scale_1, 1.0F, 3.0F);
}

PaceState Frame::pace_state(bool animating) const {
  const ImGuiContext& context = *ImGui::GetCurrentContext();
  const auto& buttons = context.IO.MouseDown;  // a held one repeats and scrolls by time alone
  const bool held = std::any_of(std::begin(buttons), std::end(buttons), [](bool down) { return down; });
  const bool minimized = glfwGetWindowAttrib(window_.handle(), GLFW_ICONIFIED) == GLFW_TRUE;
  return {
      glfwGetTime(),      !context.InputEventsQueue.empty(), (animating || held) && !minimized,
      display_interval(), context.IO.WantTextInput,          static_cast<double>(context.InputTextState.CursorAnim)};
}

void Frame::wait(bool animating, std::optional<double> due) {
  double wait = window_.headless() ? 0.0 : pacer_.seconds_to_next_frame(pace_state(animating));
  if (due) wait = std::min(wait, *due);
  const double start = glfwGetTime();
  wait > 0.0 ? glfwWaitEventsTimeout(wait) : glfwPollEvents();
  pacer_.frame_began();
  const bool woken = wait > 0.0 && glfwGetTime() - start < wait;
  if (woken || !ImGui::GetCurrentContext()->InputEventsQueue.empty()) pacer_.input_came(glfwGetTime());
}

void Frame::begin() {
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplGlfw_NewFrame();
  if (window_.headless()) ImGui::GetIO().DeltaTime = 1.0F / 60.0F;  // the same frames on every run
  ImGui::NewFrame();
}

void Frame::resize_screen() {
  int width = 0, height = 0;
  glfwGetFramebufferSize(window_.handle(), &width, &height);
  if (width == width_ && height == height_) return;
  width_ = width;
  height_ = height;
  if (width == 0 || height == 0) return;  // minimized
  screen_color_ = make_texture(GL_RGBA8, width, height);
  screen_ = make_framebuffer(screen_color_);
}

void Frame::end() {
  ImGui::Render();
  pacer_.frame_drawn(glfwGetTime());
  resize_screen();
  if (width_ == 0 || height_ == 0) return;
  const ImVec4& back = ImGui::GetStyle().Colors[ImGuiCol_DockingEmptyBg];
  glBindFramebuffer(GL_FRAMEBUFFER, screen_.id());
  glDisable(GL_SCISSOR_TEST);  // a clear is scissored too
  glClearNamedFramebufferfv(screen_.id(), GL_COLOR, 0, &back.x);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  if (window_.headless()) return;
  glBlitNamedFramebuffer(screen_.id(), 0, 0, 0, width_, height_, 0, 0, width_, height_, GL_COLOR_BUFFER_BIT,
                         GL_NEAREST);
  glfwSwapBuffers(window_.handle());
}

Image Frame::picture() const {
  Image image{width_, height_, {}};
  const auto row = 4 * static_cast<std::ptrdiff_t>(width_);
  if (row == 0 || height_ == 0) return {};
  image.pixels.resize(static_cast<std::size_t>(row * height_));
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glGetTextureImage(screen_color_.id(), 0, GL_RGBA, GL_UNSIGNED_BYTE, static_cast<GLsizei>(image.pixels.size()),
                    image.pixels.data());
  auto top = image.pixels.begin();  // OpenGL's first row is the lowest
  for (auto bottom = image.pixels.end() - row; top < bottom; top += row, bottom -= row) {
    std::swap_ranges(top, top + row, bottom);
  }
  return image;
}

}  // namespace attnscope
