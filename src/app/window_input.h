// What the window gets beside Dear ImGui's own input: characters beyond 16 bits, the clipboard in whole UTF-8, files
// that are dropped on it.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "app/window.h"
#include "ui/glyph_aliases.h"

namespace attnscope {

// Made after Frame, whose callbacks it goes before; both outlive it. One at a time for a window.
class WindowInput {
 public:
  WindowInput(Window& window, GlyphAliases& aliases);
  ~WindowInput();
  WindowInput(const WindowInput&) = delete;
  WindowInput& operator=(const WindowInput&) = delete;

  // Files dropped since the last call.
  std::vector<std::filesystem::path> take_dropped();

 private:
  static WindowInput& of(GLFWwindow* window);

  Window& window_;
  GlyphAliases& aliases_;
  std::vector<std::filesystem::path> dropped_;
  std::string clipboard_;  // what ImGui was last given of it
};

}  // namespace attnscope
