#include "ui/sentence_panel.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "ui/input_text.h"
#include "ui/token_card.h"
#include "ui/widgets.h"

namespace attnscope {
namespace {

constexpr float field_height = 60;
constexpr float field_width = 620;
constexpr float below_words = 104;  // room for weights, numbers and the sentence
constexpr std::array word_ems{26.0F, 22.0F, 19.0F, 16.0F, 13.0F};
constexpr float least_room = 36;         // for arcs
constexpr float smallest_shown = 0.01F;  // weights below are not worth an arc
constexpr float everyone_shown = 0.08F;  // of the weights of all other tokens
constexpr float widest_ribbon = 11;
constexpr float word_height = 54;    // of the largest size
constexpr float between_lines = 64;  // for weights, numbers and arcs
constexpr float least_arcs = 70;     // of height above the words

}  // namespace

void SentencePanel::edit_field(const Panel& panel, ImVec2 min, float width) {
  if (panel.workspace.draft() != last_draft_) {
    last_draft_ = panel.workspace.draft();
    field_ = panel.glyphs.editable(last_draft_);
  }
  ImGui::SetCursorScreenPos(min);
  ImGui::SetNextItemWidth(width);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, panel.px(12, 7));
  if (focus_field_) ImGui::SetKeyboardFocusHere();
  focus_field_ = false;
  ImGui::PushItemFlag(ImGuiItemFlags_NoTabStop, true);  // Tab swaps the direction
  const bool edited = input_text(panel.glyphs, "##sentence", "Type a sentence or drop a text", field_);
  ImGui::PopItemFlag();
  if (edited) {
    last_draft_ = panel.glyphs.original(field_);
    panel.ask(EditText{last_draft_});
  }
  ImGui::PopStyleVar();
  panel.probe.mark("sentence");
}

void SentencePanel::draw_field(const Panel& panel, ImVec2 min, ImVec2 max) {
  Row row{min.x + panel.px(14), max.x - panel.px(14), (min.y + max.y) / 2};
  const auto direction = segments(panel, row, "direction", {"attends to", "attended by"},
                                  panel.view().direction == Direction::attends_to ? 0 : 1);
  if (direction) panel.ask(SetDirection{*direction == 0 ? Direction::attends_to : Direction::attended_by});
  const float examples = panel.px(430);
  const float width = std::clamp(row.right - row.left - examples, panel.px(200), panel.px(field_width));
  edit_field(panel, {row.left, row.middle - panel.px(15)}, width);
  row.left += width + panel.px(10);
  row_text(panel, row, "Try", panel.colors.faint, Face::ui, 12.5F);
  const std::vector<Example>& all = panel.workspace.examples();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (text_size(panel, all[i].name).x + panel.px(20) > row.right - row.left) break;
    const bool clicked = chip(panel, row, ("example " + all[i].name).c_str(), all[i].name, true);
    if (ImGui::IsItemHovered()) ImGui::SetTooltip("%s\n%s", all[i].text.c_str(), all[i].look_for.c_str());
    if (clicked) panel.ask(OpenExample{i});
  }
}

void SentencePanel::draw_welcome(const Panel& panel, ImVec2 min, ImVec2 max) {
  const float width = std::min(panel.px(field_width), max.x - min.x - panel.px(60));
  const float left = (min.x + max.x - width) / 2;
  const float y = min.y + (max.y - min.y) * 0.36F;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  draw_text(panel, list, {left, y - panel.px(48)}, "See what each word attends to", panel.colors.text, Face::strong,
            20);
  edit_field(panel, {left, y}, width);
  const std::vector<Example>& all = panel.workspace.examples();
  float at = y + panel.px(50);
  for (std::size_t i = 0; i < std::min<std::size_t>(3, all.size()); ++i) {
    Row row{left, left + width, at + panel.px(12)};
    if (chip(panel, row, ("example " + all[i].name).c_str(), all[i].name, true)) panel.ask(OpenExample{i});
    row_text(panel, row, all[i].text, panel.colors.dim);
    at += panel.px(34);
  }
}

// Tries sizes from the largest until the words fit on two lines and leave room for arcs; the smallest takes as many
// lines as it needs.
void SentencePanel::place_words(const Panel& panel, ImVec2 min, ImVec2 max) {
  const auto fits = [&](float em) {
    break_lines(panel, max.x - min.x - panel.px(60), em);
    const float arcs = max.y - min.y - panel.px(below_words) - block_height(panel);
    return lines_.size() <= 2 && arcs >= panel.px(least_arcs);
  };
  if (std::none_of(word_ems.begin(), word_ems.end(), fits))
    break_lines(panel, max.x - min.x - panel.px(60), word_ems.back());

  const float height = panel.px(word_height) * em_ / word_ems.front();
  const bool to = panel.view().direction == Direction::attends_to;
  const float free = max.y - min.y - panel.px(below_words) - block_height(panel);
  const float top = to ? max.y - panel.px(below_words) - std::min(panel.px(22), free / 4) - block_height(panel)
                       : min.y + std::min(panel.px(60), std::max(panel.px(44), free / 4));
  for (Word& word : words_) {
    const float left = (min.x + max.x - lines_[word.line]) / 2;
    const float y = top + static_cast<float>(word.line) * (height + panel.px(between_lines));
    word.min = {std::round(left + word.x), std::round(y)};
    word.max = {std::round(left + word.x + word.width), std::round(y + height)};
  }
}

float SentencePanel::block_height(const Panel& panel) const {
  const auto lines = static_cast<float>(lines_.size());
  return lines * panel.px(word_height) * em_ / word_ems.front() + (lines - 1) * panel.px(between_lines);
}

// Words in lines of at most this width, at this size.
void SentencePanel::break_lines(const Panel& panel, float room, float em) {
  const float share = em / word_ems.front();
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

const SentencePanel::Word* SentencePanel::word_of(const Panel& panel, std::int64_t token) const {
  const std::size_t unit = panel.document()->unit_of(token);
  return unit < words_.size() ? &words_[unit] : nullptr;
}

// The distance that gets the full height: the longest arc of the picked token, but at least half of the sentence, so
// that everyone's arcs still differ. Without arcs, all of it.
float SentencePanel::longest_arc(const Panel& panel, const TokenLights& lights) const {
  float longest = 0;
  const auto focus = panel.workspace.focus_token();
  for (const Word& word : words_) {
    if (!focus || !(lights.unit_weight(panel.document()->units()[word.unit]) >= smallest_shown)) continue;
    const Word& own = *word_of(panel, *focus);
    longest = std::max(longest, std::abs(word.min.x + word.max.x - own.min.x - own.max.x) / 2);
  }
  float left = words_.front().min.x, right = words_.front().max.x;
  for (const Word& word : words_) {
    left = std::min(left, word.min.x);
    right = std::max(right, word.max.x);
  }
  return std::max({1.0F, longest, (right - left) * (longest > 0 ? 0.5F : 1.0F)});
}

// The picked token's arcs in its hue, everyone's behind them.
void SentencePanel::draw_arcs(const Panel& panel, const TokenLights& lights, ImVec2 min, ImVec2 max) {
  const Document& document = *panel.document();
  const bool to = panel.view().direction == Direction::attends_to;
  const float first_line = words_.front().min.y;
  const float last_line = words_.back().max.y;
  canvas_.begin(panel, min, max);
  const float room = to ? first_line - min.y - panel.px(8) : max.y - last_line - panel.px(56);
  const auto there = panel.workspace.layer();
  const auto focus = panel.workspace.focus_token();
  const float longest = longest_arc(panel, lights);
  const auto arc = [&](const Word& query, const Word& key, float weight, const ImVec4& color, float light) {
    const ImVec2 a((query.min.x + query.max.x) / 2, to ? query.min.y : query.max.y);
    const ImVec2 b((key.min.x + key.max.x) / 2, to ? key.min.y : key.max.y);
    const float height = arc_height(std::abs(a.x - b.x), longest, room);
    const float width = panel.px(1 + (widest_ribbon - 1) * weight);
    canvas_.ribbon(a, b, to ? height : -height, width, color, light);
  };

  if (there != nullptr && panel.view().everyone) {
    const auto links =
        panel.workspace.engine().want(there, LinksRequest{panel.workspace.head_ref(), 4}, Urgency::visible);
    for (std::size_t i = 0; links != nullptr && i < links->weights.size(); ++i) {
      const float weight = links->weights[i];
      const std::int64_t query = static_cast<std::int64_t>(i) / links->k;
      const std::int64_t key = links->keys[i];
      const bool picked = focus && document.token_at(to ? query : key) == *focus;
      if (key <= 0 || picked || weight < everyone_shown) continue;
      const ImVec4 color = with_alpha(panel.colors.everyone, 0.06F + 0.34F * weight);
      arc(*word_of(panel, document.token_at(query)), *word_of(panel, document.token_at(key)), weight * 0.5F, color, 0);
    }
  }
  if (lights.lit() && focus) {
    const float ease = panel.eased(panel.workspace.transient().picked_at, 0.12);
    const ImVec4& hue = direction_color(panel.colors, panel.view().direction);
    for (const Word& other : words_) {
      const float weight = lights.unit_weight(document.units()[other.unit]);
      if (!(weight >= smallest_shown)) continue;
      const Word& own = *word_of(panel, *focus);
      const float strength = 0.35F + 0.65F * std::sqrt(std::min(1.0F, weight));
      arc(to ? own : other, to ? other : own, weight, with_alpha(hue, strength * ease),
          std::sqrt(std::min(1.0F, weight)));
    }
  }
  canvas_.show(panel, panel.workspace.transient().picked_at);
}

void SentencePanel::draw_words(const Panel& panel, const TokenLights& lights) {
  const Document& document = *panel.document();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec4& hue = direction_color(panel.colors, panel.view().direction);
  for (const Word& word : words_) {
    const Unit& unit = document.units()[word.unit];
    ImGui::PushID(static_cast<int>(word.unit));
    ImGui::SetCursorScreenPos(word.min);
    const bool clicked = ImGui::InvisibleButton("word", {word.max.x - word.min.x, word.max.y - word.min.y});
    const bool hovered = ImGui::IsItemHovered();
    if (panel.probe.on()) panel.probe.mark("token " + std::to_string(unit.first_token));
    ImGui::PopID();
    const float weight = lights.unit_weight(unit);
    if (hovered && lights.lit()) copyable(panel, number_label(weight));
    ImVec4 plate = lights.plate(weight, panel.colors.raised, 0.94F);
    const bool masked = lights.lit() && std::isnan(weight);
    ImVec4 ink = masked                             ? panel.colors.faint
                 : lights.brightness(weight) > 0.5F ? readable_on(plate)
                                                    : panel.colors.text;
    const float rounding = panel.px(8) * em_ / word_ems.front();
    const auto holds = [&unit](std::optional<std::int64_t> token) {
      return token && *token >= unit.first_token && *token < unit.first_token + unit.tokens;
    };
    if (hovered) plate = mix(plate, panel.colors.text, 0.06F);
    list.AddRectFilled(word.min, word.max, packed(plate), rounding);
    if (holds(panel.view().token)) {
      list.AddRect(word.min, word.max, packed(hue), rounding, 0, panel.px(2));
      if (lights.brightness(weight) < 0.5F) ink = hue;
    } else if (holds(panel.view().other)) {
      list.AddRect(word.min, word.max, packed(panel.colors.text), rounding, 0, panel.px(1));
    }
    const ImVec2 size = text_size(panel, word.text, Face::ui, em_);
    draw_text(panel, list, {(word.min.x + word.max.x - size.x) / 2, (word.min.y + word.max.y - size.y) / 2}, word.text,
              ink, Face::ui, em_);
    if (hovered) {
      panel.workspace.transient().hover_token = unit.first_token;
      token_card(panel, unit, weight);
    }
    if (clicked) panel.ask(PickToken{unit.first_token});
  }
}

// Under each word (over it where the arcs hang below) its weight and its number.
void SentencePanel::draw_weights(const Panel& panel, const TokenLights& lights) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const bool to = panel.view().direction == Direction::attends_to;
  for (const Word& word : words_) {
    const Unit& unit = panel.document()->units()[word.unit];
    const float middle = (word.min.x + word.max.x) / 2;
    const float weight = lights.unit_weight(unit);
    const float y = to ? word.max.y + panel.px(9) : word.min.y - panel.px(40);
    if (weight >= 0.005F) {
      const std::string label = weight_label(weight);
      draw_text(panel, list, {middle - text_size(panel, label, Face::mono, 12.5F).x / 2, y}, label, panel.colors.dim,
                Face::mono, 12.5F);
    }
    const std::string number = std::to_string(unit.first_token);
    draw_text(panel, list, {middle - text_size(panel, number, Face::mono, 11).x / 2, y + panel.px(18)}, number,
              panel.colors.faint, Face::mono, 11);
  }
}

// "it" looks mostly at "cat"   .80 of its attention, in layer 13, head 8
void SentencePanel::draw_sentence(const Panel& panel, const TokenLights& lights, ImVec2 min, ImVec2 max) {
  const Document& document = *panel.document();
  const auto focus = panel.workspace.focus_token();
  std::string said, how;
  if (!focus) {
    said = "Click a word";
    how = "to see what it attends to";
  } else if (!lights.lit()) {
    if (panel.workspace.layer() == nullptr) said = "Layer " + std::to_string(panel.view().layer) + " is being computed";
  } else {
    const bool to = panel.view().direction == Direction::attends_to;
    const auto pair = panel.workspace.pair();
    const std::string own = "\u201C" + panel.glyphs.displayed(document.label(*focus)) + "\u201D";
    if (!pair) {
      said = own + (to ? " sees nothing" : " is seen by no token");
    } else {
      const std::int64_t other = document.token_at(to ? pair->second : pair->first);
      const float weight = lights.weight(other);
      const std::string name =
          other == *focus ? "itself" : "\u201C" + panel.glyphs.displayed(document.label(other)) + "\u201D";
      const bool chosen = panel.view().other.has_value();
      if (to)
        said = own + (chosen ? " gives " : " looks mostly at ") + name;
      else
        said = own + (chosen ? " gets from " : " is looked at most by ") + name;
      how = weight_label(weight) + (to ? " of its attention" : " of that one\u2019s attention") + ", in layer " +
            std::to_string(panel.view().layer) + ", head " + std::to_string(panel.view().head);
    }
  }
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float width = text_size(panel, said, Face::ui, 17).x + panel.px(14) + text_size(panel, how, Face::ui, 14).x;
  const float x = (min.x + max.x - width) / 2;
  const float y = max.y - panel.px(48);
  const float advance = draw_text(panel, list, {x, y}, said, panel.colors.text, Face::ui, 17);
  draw_text(panel, list, {x + advance + panel.px(14), y + panel.px(3)}, how, panel.colors.dim, Face::ui, 14);
  const auto example = panel.workspace.example();
  if (example && panel.workspace.examples()[*example].heads.contains(document.info().model)) {
    const std::string& look = panel.workspace.examples()[*example].look_for;
    const std::string shown = fitted(panel, "Look: " + look, max.x - min.x - panel.px(40), Face::ui, 12);
    draw_text(panel, list, {(min.x + max.x - text_size(panel, shown, Face::ui, 12).x) / 2, y + panel.px(23)}, shown,
              panel.colors.faint, Face::ui, 12);
  }
}

void SentencePanel::draw(const Panel& panel, ImVec2 min, ImVec2 max) {
  if (panel.document() == nullptr && panel.workspace.draft().empty()) return draw_welcome(panel, min, max);
  draw_field(panel, min, {max.x, min.y + panel.px(field_height)});
  min.y += panel.px(field_height);
  if (panel.document() == nullptr) return;
  place_words(panel, min, max);
  if (words_.empty()) return;
  const TokenLights lights(panel);
  draw_arcs(panel, lights, min, max);
  draw_words(panel, lights);
  draw_weights(panel, lights);
  draw_sentence(panel, lights, min, max);
}

}  // namespace attnscope
