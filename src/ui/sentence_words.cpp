#include "ui/sentence_words.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "ui/widgets.h"

namespace attnscope {
namespace {

constexpr std::array word_ems{SentenceWords::largest_em, 22.0F, 19.0F, 16.0F, 13.0F};
constexpr float word_height = 54;    // of the largest size
constexpr float between_lines = 64;  // for weights, numbers and arcs
constexpr float least_arcs = 70;     // of height above the words

}  // namespace

void SentenceWords::place(const Panel& panel, ImVec2 min, ImVec2 max) {
  const auto fits = [&](float em) {
    break_lines(panel, max.x - min.x - panel.px(60), em);
    const float arcs = max.y - min.y - panel.px(room_below) - block_height(panel);
    return lines_.size() <= 2 && arcs >= panel.px(least_arcs);
  };
  if (std::none_of(word_ems.begin(), word_ems.end(), fits))
    break_lines(panel, max.x - min.x - panel.px(60), word_ems.back());

  const float height = panel.px(word_height) * em_ / largest_em;
  const bool to = panel.view().direction == Direction::attends_to;
  const float free = max.y - min.y - panel.px(room_below) - block_height(panel);
  const float top = to ? max.y - panel.px(room_below) - std::min(panel.px(22), free / 4) - block_height(panel)
                       : min.y + std::min(panel.px(60), std::max(panel.px(44), free / 4));
  for (Word& word : words_) {
    const float left = (min.x + max.x - lines_[word.line]) / 2;
    const float y = top + static_cast<float>(word.line) * (height + panel.px(between_lines));
    word.min = {std::round(left + word.x), std::round(y)};
    word.max = {std::round(left + word.x + word.width), std::round(y + height)};
  }
}

float SentenceWords::block_height(const Panel& panel) const {
  const auto lines = static_cast<float>(lines_.size());
  return lines * panel.px(word_height) * em_ / largest_em + (lines - 1) * panel.px(between_lines);
}

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
