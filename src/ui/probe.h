// Lets a test find what a panel drew, by name. Who asks is left to the tests.
#pragma once
#include <imgui.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace attnscope {

// Named rectangles of the latest frame, in ImGui's coordinates. Off unless a test turned it on; a mark then costs one
// branch. Panels get it by reference.
class Probe {
 public:
  struct Rectangle {
    ImVec2 min, max;
  };

  void turn_on() { on_ = true; }
  bool on() const { return on_; }

  // The item submitted last, if any of it is to be seen.
  void mark(std::string_view name) {
    if (on_ && ImGui::IsItemVisible()) record(name, {ImGui::GetItemRectMin(), ImGui::GetItemRectMax()});
  }
  // A rectangle that is not an item: a token, a cell, a key of a chart.
  void mark(std::string_view name, ImVec2 min, ImVec2 max) {
    if (on_) record(name, {min, max});
  }

  // Only what the latest frame marked. A name that was marked twice in it is the later one.
  std::optional<Rectangle> find(std::string_view name) const {
    const auto found = marks_.find(name);
    if (found == marks_.end() || found->second.frame != ImGui::GetFrameCount()) return std::nullopt;
    return found->second.rectangle;
  }

 private:
  struct Mark {
    Rectangle rectangle;
    int frame = 0;
  };
  void record(std::string_view name, Rectangle rectangle) {
    marks_.insert_or_assign(std::string(name), Mark{rectangle, ImGui::GetFrameCount()});
  }

  bool on_ = false;
  std::map<std::string, Mark, std::less<>> marks_;
};

}  // namespace attnscope
