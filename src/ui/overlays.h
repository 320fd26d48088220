// What lies over the panels for a moment: the palette of commands, the keys, go to a token, find in the text.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "ui/panel.h"

namespace attnscope {

class Overlays {
 public:
  // Draws the one that is open, if any, over a window of this size.
  void draw(const Panel& panel, ImVec2 size);

 private:
  void draw_palette(const Panel& panel);
  static void draw_keys(const Panel& panel);
  void draw_go_to(const Panel& panel);
  void draw_find(const Panel& panel);
  void find(const Panel& panel, std::int64_t from, std::int64_t by);
  void close(const Panel& panel) const { panel.ask(ShowOverlay{Overlay::none}); }
  bool field(const Panel& panel, const char* hint);

  Overlay shown_ = Overlay::none;
  bool appearing_ = false;
  std::string text_;
  int selected_ = 0;
  std::string said_;  // what a search found
};

}  // namespace attnscope
