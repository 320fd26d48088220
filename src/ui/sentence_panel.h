// Sentence mode: the field with its examples, the tokens as large words with arcs over them, and one sentence of what
// happened.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "ui/arcs_canvas.h"
#include "ui/panel.h"
#include "ui/token_lights.h"

namespace attnscope {

class SentencePanel {
 public:
  // Draws into the current window, from `min` to `max` of the screen. Without a document: a large field and examples.
  void draw(const Panel& panel, ImVec2 min, ImVec2 max);
  // The field gets the keyboard in the next frame.
  void focus_field() { focus_field_ = true; }

 private:
  // A word on its plate, in screen coordinates.
  struct Word {
    std::size_t unit = 0;
    std::size_t line = 0;
    float x = 0, width = 0;  // in its line
    ImVec2 min, max;
    std::string text;
  };
  void draw_field(const Panel& panel, ImVec2 min, ImVec2 max);
  void draw_welcome(const Panel& panel, ImVec2 min, ImVec2 max);
  void edit_field(const Panel& panel, ImVec2 min, float width);
  void place_words(const Panel& panel, ImVec2 min, ImVec2 max);
  void break_lines(const Panel& panel, float room, float em);
  float block_height(const Panel& panel) const;
  bool words_fit(const Panel& panel, ImVec2 min, ImVec2 max) const;
  float longest_arc(const Panel& panel, const TokenLights& lights) const;
  void draw_arcs(const Panel& panel, const TokenLights& lights, ImVec2 min, ImVec2 max);
  void draw_words(const Panel& panel, const TokenLights& lights);
  void draw_weights(const Panel& panel, const TokenLights& lights);
  static void draw_sentence(const Panel& panel, const TokenLights& lights, ImVec2 min, ImVec2 max);
  const Word* word_of(const Panel& panel, std::int64_t token) const;

  std::string field_;       // as ImGui edits it: with aliases
  std::string last_draft_;  // what field_ was made from
  bool focus_field_ = false;
  ArcsCanvas canvas_;
  std::vector<Word> words_;
  float em_ = 26;
  std::vector<float> lines_;  // their widths
};

}  // namespace attnscope
