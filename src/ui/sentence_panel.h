// Sentence mode: the field with its examples, the tokens as large words with arcs over them, and one sentence of what
// happened.
#pragma once
#include "ui/arcs_canvas.h"
#include "ui/panel.h"
#include "ui/sentence_field.h"
#include "ui/sentence_words.h"
#include "ui/token_lights.h"

namespace attnscope {

class SentencePanel {
 public:
  // Draws into the current window, from `min` to `max` of the screen. Without a document: a large field and examples.
  void draw(const Panel& panel, ImVec2 min, ImVec2 max);
  // The field gets the keyboard in the next frame.
  void focus_field() { field_.focus(); }

 private:
  float longest_arc(const Panel& panel, const TokenLights& lights) const;
  void draw_arcs(const Panel& panel, const TokenLights& lights, ImVec2 min, ImVec2 max);
  void draw_words(const Panel& panel, const TokenLights& lights);
  void draw_weights(const Panel& panel, const TokenLights& lights);
  void draw_sentence(const Panel& panel, const TokenLights& lights, ImVec2 min, ImVec2 max) const;

  SentenceField field_;
  SentenceWords words_;
  ArcsCanvas canvas_;
};

}  // namespace attnscope
