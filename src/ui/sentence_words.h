// Where the words of a sentence stand: as large as they can be on two lines, centred, with room for arcs.
#pragma once
#include <imgui.h>

#include <cstdint>
#include <string>
#include <vector>

#include "ui/panel.h"

namespace attnscope {

class SentenceWords {
 public:
  static constexpr float largest_em = 26;

  // A word on its plate, in screen coordinates.
  struct Word {
    std::size_t unit = 0;
    std::size_t line = 0;
    float x = 0, width = 0;  // in its line
    ImVec2 min, max;
    std::string text;
  };

  // Places the words of the panel's document between `min` and `max` of the screen: in the largest size that takes two
  // lines and leaves room for arcs and numbers; where there is none, without the tokens' numbers; at last on as many
  // lines as they need, pressed together.
  void place(const Panel& panel, ImVec2 min, ImVec2 max);

  const std::vector<Word>& all() const { return words_; }  // a word for each unit of the document, in order
  float em() const { return em_; }
  // Whether there is room for the tokens' numbers and for what to look for.
  bool roomy() const { return roomy_; }
  // Between a line and the next one, or the arcs that hang below it: weights, numbers, arcs to another line.
  float below_line(const Panel& panel) const;
  const Word& of_token(const Document& document, std::int64_t token) const { return words_[document.unit_of(token)]; }

 private:
  void break_lines(const Panel& panel, float room, float em);
  float line_height(const Panel& panel) const;

  std::vector<Word> words_;
  float em_ = largest_em;
  bool roomy_ = true;
  std::vector<float> lines_;  // their widths
};

}  // namespace attnscope
