// The field of sentence mode and its examples: typing asks for a new text.
#pragma once
#include <imgui.h>

#include <string>

#include "ui/panel.h"

namespace attnscope {

class SentenceField {
 public:
  // On one line: the direction, the field and as many examples as fit.
  void draw_bar(const Panel& panel, ImVec2 min, ImVec2 max);
  // Where there is no text yet: a large field and three examples.
  void draw_welcome(const Panel& panel, ImVec2 min, ImVec2 max);
  // It gets the keyboard in the next frame.
  void focus() { focus_ = true; }

 private:
  void edit(const Panel& panel, ImVec2 min, float width);

  std::string text_;        // as ImGui edits it: with aliases
  std::string last_draft_;  // what text_ was made from
  bool focus_ = false;
};

}  // namespace attnscope
