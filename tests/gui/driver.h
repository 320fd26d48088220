// Drives the window without a display the way a user does: one input event, then frames until it has taken effect;
// finds widgets by the probe and reads pixels. What is drawn is the test's own: a function that is called once a frame.
#pragma once
#include <imgui.h>

#include <array>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

#include "app/frame.h"
#include "app/window.h"
#include "ui/probe.h"

namespace attnscope {

class Driver {
 public:
  explicit Driver(const Window::Settings& settings = {.headless = true}, float fixed_scale = 0.0F)
      : window_(settings), frame_(window_, fixed_scale) {
    probe_.turn_on();
  }

  // `draw` is called in every frame, `prepare` before each begins. Draws the first frames.
  void set_panels(std::function<void()> draw, std::function<void()> prepare = {}) {
    draw_ = std::move(draw);
    prepare_ = std::move(prepare);
    frames(4);
  }
  Window& window() { return window_; }
  Frame& frame() { return frame_; }
  Probe& probe() { return probe_; }

  void frames(int count = 2) {
    for (int i = 0; i < count; ++i) {
      if (prepare_) prepare_();
      frame_.begin();
      if (draw_) draw_();
      frame_.end();
    }
  }

  // A point inside what was marked; (0, 0) is its upper left corner, (1, 1) its lower right one. Throws
  // std::runtime_error where the latest frame did not mark it.
  ImVec2 point(const std::string& name, ImVec2 at = {0.5F, 0.5F}) const {
    const auto found = probe_.find(name);
    if (!found) throw std::runtime_error("not on screen: " + name);
    return {found->min.x + (found->max.x - found->min.x) * at.x, found->min.y + (found->max.y - found->min.y) * at.y};
  }

  void move(ImVec2 to) {
    ImGui::GetIO().AddMousePosEvent(to.x, to.y);
    frames();
  }
  void button(bool down, ImGuiMouseButton which = ImGuiMouseButton_Left) {
    ImGui::GetIO().AddMouseButtonEvent(which, down);
    frames();
  }
  void drag(ImVec2 from, ImVec2 to) {
    move(from);
    button(true);
    move(to);
    button(false);
  }
  void click(const std::string& name) { drag(point(name), point(name)); }
  void wheel(float lines) {
    ImGui::GetIO().AddMouseWheelEvent(0.0F, lines);
    frames();
  }
  // The key, pressed and released, with ImGuiMod_Ctrl and the like held where given.
  void press(ImGuiKey key, ImGuiKey modifier = ImGuiKey_None) {
    for (const bool down : {true, false}) {
      if (modifier != ImGuiKey_None) ImGui::GetIO().AddKeyEvent(modifier, down);
      ImGui::GetIO().AddKeyEvent(key, down);
      frames();
    }
  }
  void type(const char* utf8) {
    ImGui::GetIO().AddInputCharactersUTF8(utf8);
    frames();
  }

  // The pixel of the latest frame at a point of ImGui's; without a display both count alike.
  std::array<std::uint8_t, 4> colour(ImVec2 at) const {
    return frame_.picture().at(static_cast<int>(at.x), static_cast<int>(at.y));
  }

 private:
  Window window_;
  Frame frame_;
  Probe probe_;
  std::function<void()> draw_, prepare_;
};

// Whether a pixel is this colour of ImGui's, to 3 of 255.
inline bool is_colour(const std::array<std::uint8_t, 4>& pixel, const ImVec4& expected) {
  const std::array<float, 3> channels{expected.x, expected.y, expected.z};
  for (std::size_t i = 0; i < channels.size(); ++i) {
    if (std::abs(static_cast<float>(pixel.at(i)) - channels.at(i) * 255.0F) > 3.0F) return false;
  }
  return true;
}

}  // namespace attnscope
