// Drives a window without a display the way a user does: one input event, then frames until it has taken effect; finds
// widgets by the probe and reads pixels. What a frame draws is left to the derived class.
#pragma once
#include <imgui.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <stdexcept>
#include <string>

#include "app/frame.h"
#include "app/window.h"
#include "ui/probe.h"

namespace attnscope {

class Driver {
 public:
  Driver() = default;
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  virtual ~Driver() = default;

  virtual Window& window() = 0;
  virtual Frame& frame() = 0;
  virtual Probe& probe() = 0;

  void frames(int count = 2) {
    for (int i = 0; i < count; ++i) draw_frame();
  }

  bool shows(const std::string& name) { return probe().find(name).has_value(); }
  // What the latest frame marked by this name. Throws std::runtime_error where it did not.
  Probe::Rectangle rectangle(const std::string& name) {
    const auto found = probe().find(name);
    if (!found) throw std::runtime_error("not on screen: " + name);
    return *found;
  }
  // A point inside what was marked; (0, 0) is its upper left corner, (1, 1) its lower right one.
  ImVec2 point(const std::string& name, ImVec2 at = {0.5F, 0.5F}) {
    const Probe::Rectangle found = rectangle(name);
    return {found.min.x + (found.max.x - found.min.x) * at.x, found.min.y + (found.max.y - found.min.y) * at.y};
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
  void click(ImVec2 at) {
    move(at);
    button(true);
    button(false);
  }
  void click(const std::string& name) { click(point(name)); }
  void wheel(float lines) {
    ImGui::GetIO().AddMouseWheelEvent(0.0F, lines);
    frames();
  }
  // The key, pressed and released, while ImGuiMod_Ctrl and the like are held where given.
  void press(ImGuiKey key, std::initializer_list<ImGuiKey> modifiers = {}) {
    for (const bool down : {true, false}) {
      for (const ImGuiKey modifier : modifiers) ImGui::GetIO().AddKeyEvent(modifier, down);
      ImGui::GetIO().AddKeyEvent(key, down);
      frames();
    }
  }
  void type(const char* utf8) {
    ImGui::GetIO().AddInputCharactersUTF8(utf8);
    frames();
  }

  // What the latest frame shows.
  virtual Image picture() { return frame().picture(); }
  // The pixel of the latest frame at a point of ImGui's; without a display both count alike.
  std::array<std::uint8_t, 4> colour(ImVec2 at) { return picture().at(static_cast<int>(at.x), static_cast<int>(at.y)); }

 protected:
  virtual void draw_frame() = 0;
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
