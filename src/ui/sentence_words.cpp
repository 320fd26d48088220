#include "ui/sentence_words.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "ui/widgets.h"

namespace attnscope {
namespace {

constexpr std::array word_ems{SentenceWords::largest_em, 22.0F, 19.0F, 16.0F, 13.0F, 11.0F};
constexpr float word_height = 54;  // of the largest size
constexpr float most_arcs = 85;    // of height above the words: least, where there is room
constexpr float least_arcs = 24;   // where there is little

// Design pixels under a line: weights and numbers, and room for arcs that come from the line below.
constexpr float roomy_gap = 72;
constexpr float small_gap = 40;
// Design pixels under the last line, for the sentence too.
constexpr float roomy_end = 104;
constexpr float small_end = 62;

}  // namespace

void SentenceWords::place(const Panel& panel, ImVec2 min, ImVec2 max) {
  const float width = max.x - min.x - panel.px(60);
  const float height = max.y - min.y;
  const auto free = [&] {
    const auto lines = static_cast<float>(lines_.size());
    return height - panel.px(roomy_ ? roomy_end : small_end) - lines * line_height(panel) -
           (lines - 1) * below_line(panel);
  };
  const auto fits = [&](float em) {
    break_lines(panel, width, em);
    return lines_.size() <= 2 && free() >= panel.px(roomy_ ? most_arcs : 2 * least_arcs);
  };
  roomy_ = true;
  if (std::none_of(word_ems.begin(), word_ems.end(), fits)) {
    roomy_ = false;
    if (std::none_of(word_ems.begin(), word_ems.end(), fits)) break_lines(panel, width, word_ems.back());
  }
  const float missing = std::max(0.0F, panel.px(least_arcs) - free());
  const float gap =
      std::max(0.0F, below_line(panel) - missing / static_cast<float>(std::max<std::size_t>(1, lines_.size() - 1)));
  const float spare = std::max(panel.px(least_arcs), free());
  const bool to = panel.view().direction == Direction::attends_to;
  // Arcs above the words, what is said below them; the other way round where arcs hang below.
  const float top = to ? min.y + spare - std::min(panel.px(10), spare / 8)
                       : min.y + std::min(panel.px(60), std::max(panel.px(44), spare / 4));
  for (Word& word : words_) {
    const float left = (min.x + max.x - lines_[word.line]) / 2;
    const float y = top + static_cast<float>(word.line) * (line_height(panel) + gap);
    word.min = {std::round(left + word.x), std::round(y)};
    word.max = {std::round(left + word.x + word.width), std::round(y + line_height(panel))};
  }
}

float SentenceWords::line_height(const Panel& panel) const { return panel.px(word_height) * em_ / largest_em; }

float SentenceWords::below_line(const Panel& panel) const { return panel.px(roomy_ ? roomy_gap : small_gap); }

// Words in lines of at most this width, at this size.
void SentenceWords::break_lines(const Panel& panel, float room, float em) {
  const float share = em / largest_em;
  const float padding = panel.px(17) * share;
  const float gap = panel.px(12) * share;
  const std::vector<Unit>& units = panel.document()->units();
  em_ = em;
  words_.clear();
  lines_.assign(1, 0.0F);
  for (std::size_t unit = 0; unit < units.size(); ++unit) {
    std::string text = panel.glyphs.displayed(panel.document()->label(units[unit].first_token));
    const float width = text_size(panel, text, Face::ui, em).x + 2 * padding;
    if (lines_.back() > 0 && lines_.back() + gap + width > room) lines_.push_back(0);
    const float x = lines_.back() > 0 ? lines_.back() + gap : 0;
    words_.push_back({unit, lines_.size() - 1, x, width, {}, {}, std::move(text)});
    lines_.back() = x + width;
  }
}

}  // namespace attnscope
