#include "ui/sentence_panel.h"

#include <algorithm>
#include <cmath>

#include "ui/token_card.h"
#include "ui/widgets.h"

namespace attnscope {
namespace {

constexpr float field_height = 60;
constexpr float smallest_shown = 0.01F;  // weights below are not worth an arc
constexpr float everyone_shown = 0.08F;  // of the weights of all other tokens
constexpr float widest_ribbon = 11;

}  // namespace

// The distance that gets the full height: the longest arc of the picked token, but at least half of the sentence, so
// that everyone's arcs still differ. Without arcs, all of it.
float SentencePanel::longest_arc(const Panel& panel, const TokenLights& lights) const {
  float longest = 0;
  const auto focus = panel.workspace.focus_token();
  for (const SentenceWords::Word& word : words_.all()) {
    if (!focus || !(lights.unit_weight(panel.document()->units()[word.unit]) >= smallest_shown)) continue;
    const SentenceWords::Word& own = words_.of_token(*panel.document(), *focus);
    longest = std::max(longest, std::abs(word.min.x + word.max.x - own.min.x - own.max.x) / 2);
  }
  float left = words_.all().front().min.x, right = words_.all().front().max.x;
  for (const SentenceWords::Word& word : words_.all()) {
    left = std::min(left, word.min.x);
    right = std::max(right, word.max.x);
  }
  return std::max({1.0F, longest, (right - left) * (longest > 0 ? 0.5F : 1.0F)});
}

// The picked token's arcs in its hue, everyone's behind them.
void SentencePanel::draw_arcs(const Panel& panel, const TokenLights& lights, ImVec2 min, ImVec2 max) {
  const Document& document = *panel.document();
  const bool to = panel.view().direction == Direction::attends_to;
  const float first_line = words_.all().front().min.y;
  const float last_line = words_.all().back().max.y;
  canvas_.begin(panel, min, max);
  const float room = to ? first_line - min.y - panel.px(8) : max.y - last_line - panel.px(56);
  const auto there = panel.workspace.layer();
  const auto focus = panel.workspace.focus_token();
  const float longest = longest_arc(panel, lights);
  // Words of one line are joined over it (under it where the arcs hang), those of two through the gap between.
  const auto arc = [&](const SentenceWords::Word& query, const SentenceWords::Word& key, float weight,
                       const ImVec4& color, float light) {
    const bool one_line = query.line == key.line;
    const bool query_top = one_line ? to : query.line > key.line;
    const bool key_top = one_line ? to : key.line > query.line;
    const ImVec2 a((query.min.x + query.max.x) / 2, query_top ? query.min.y : query.max.y);
    const ImVec2 b((key.min.x + key.max.x) / 2, key_top ? key.min.y : key.max.y);
    const float above =
        query.line == (to ? 0U : words_.all().back().line) ? room : std::min(room, words_.below_line(panel) * 0.9F);
    const float height = one_line ? arc_height(std::abs(a.x - b.x), longest, above) : 0;
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
      if (key <= 0 || key == query || picked || weight < everyone_shown) continue;
      const ImVec4 color = with_alpha(panel.colors.everyone, 0.06F + 0.34F * weight);
      arc(words_.of_token(document, document.token_at(query)), words_.of_token(document, document.token_at(key)),
          weight * 0.5F, color, 0);
    }
  }
  if (lights.lit() && focus) {
    const float ease = panel.eased(panel.workspace.transient().picked_at, 0.12);
    const ImVec4& hue = direction_color(panel.colors, panel.view().direction);
    for (const SentenceWords::Word& other : words_.all()) {
      const float weight = lights.unit_weight(document.units()[other.unit]);
      const SentenceWords::Word& own = words_.of_token(*panel.document(), *focus);
      if (!(weight >= smallest_shown) || &other == &own) continue;  // its own weight stands under it
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
  for (const SentenceWords::Word& word : words_.all()) {
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
    const float rounding = panel.px(8) * words_.em() / SentenceWords::largest_em;
    const auto holds = [&unit](std::optional<std::int64_t> token) { return holds_token(unit, token); };
    if (hovered) plate = mix(plate, panel.colors.text, 0.06F);
    const bool picked = holds(panel.view().token);
    // The picked word is an outline, whatever it gives itself: its own weight is the number under it.
    list.AddRectFilled(word.min, word.max, packed(picked ? panel.colors.panel : plate), rounding);
    if (picked) {
      list.AddRect(word.min, word.max, packed(hue), rounding, 0, panel.px(2));
      ink = hue;
    } else if (holds(panel.view().other)) {
      list.AddRect(word.min, word.max, packed(panel.colors.text), rounding, 0, panel.px(1));
    }
    const ImVec2 size = text_size(panel, word.text, Face::ui, words_.em());
    draw_text(panel, list, {(word.min.x + word.max.x - size.x) / 2, (word.min.y + word.max.y - size.y) / 2}, word.text,
              ink, Face::ui, words_.em());
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
  for (const SentenceWords::Word& word : words_.all()) {
    const Unit& unit = panel.document()->units()[word.unit];
    const float middle = (word.min.x + word.max.x) / 2;
    const float weight = lights.unit_weight(unit);
    const float y = to ? word.max.y + panel.px(9) : word.min.y - panel.px(words_.roomy() ? 40.0F : 22.0F);
    // On a plate of the panel's colour, so that arcs on their way to another line do not strike them through.
    const auto number = [&](const std::string& text, float top, const ImVec4& color, float em) {
      const ImVec2 size = text_size(panel, text, Face::mono, em);
      const ImVec2 at(middle - size.x / 2, top);
      list.AddRectFilled({at.x - panel.px(2), at.y}, {at.x + size.x + panel.px(2), at.y + size.y},
                         packed(with_alpha(panel.colors.panel, 0.85F)), panel.px(3));
      draw_text(panel, list, at, text, color, Face::mono, em);
    };
    if (weight >= 0.005F) number(weight_label(weight), y, panel.colors.dim, 12.5F);
    if (words_.roomy()) number(std::to_string(unit.first_token), y + panel.px(18), panel.colors.faint, 11);
  }
}

// "it" looks mostly at "cat"   .80 of its attention, in layer 13, head 8
void SentencePanel::draw_sentence(const Panel& panel, const TokenLights& lights, ImVec2 min, ImVec2 max) const {
  const Document& document = *panel.document();
  const auto focus = panel.workspace.focus_token();
  std::string said, how;
  if (!focus) {
    said = "Click a word";
    how = "to see what it attends to";
  } else if (!lights.lit()) {
    if (panel.workspace.layer() == nullptr) how = missing_layer(panel, panel.view().layer);
  } else {
    const bool to = panel.view().direction == Direction::attends_to;
    const auto pair = panel.workspace.pair();
    const std::string own = "\u201C" + panel.glyphs.displayed(document.label(*focus)) + "\u201D";
    if (!pair) {
      said = own + (to ? " sees nothing" : " is seen by no token");
    } else {
      const std::int64_t other = document.token_at(to ? pair->second : pair->first);
      const Unit& unit = document.units()[document.unit_of(other)];
      const float weight = lights.unit_weight(unit);  // as under the word
      const std::string name =
          other == *focus ? "itself" : "\u201C" + panel.glyphs.displayed(document.label(other)) + "\u201D";
      const bool chosen = panel.view().other.has_value();
      if (to)
        said = own + (chosen ? " gives " : " looks mostly at ") + name;
      else
        said = own + (chosen ? " gets from " : " is looked at most by ") + name;
      how = weight_label(weight) + (to ? " of its attention" : " of that one\u2019s attention") +
            (unit.tokens > 1 ? ", over " + std::to_string(unit.tokens) + " tokens" : "") + ", in layer " +
            std::to_string(panel.view().layer) + ", head " + std::to_string(panel.view().head);
    }
  }
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float width = text_size(panel, said, Face::ui, 17).x + panel.px(14) + text_size(panel, how, Face::ui, 14).x;
  const float x = (min.x + max.x - width) / 2;
  const float y = max.y - panel.px(words_.roomy() ? 48.0F : 30.0F);
  const float advance = draw_text(panel, list, {x, y}, said, panel.colors.text, Face::ui, 17);
  draw_text(panel, list, {x + advance + panel.px(14), y + panel.px(3)}, how, panel.colors.dim, Face::ui, 14);
  const auto example = panel.workspace.example();
  if (example && words_.roomy() && panel.workspace.examples()[*example].heads.contains(document.info().model)) {
    const std::string& look = panel.workspace.examples()[*example].look_for;
    const std::string shown = fitted(panel, look, max.x - min.x - panel.px(40), Face::ui, 12);
    draw_text(panel, list, {(min.x + max.x - text_size(panel, shown, Face::ui, 12).x) / 2, y + panel.px(23)}, shown,
              panel.colors.faint, Face::ui, 12);
  }
}

void SentencePanel::draw(const Panel& panel, ImVec2 min, ImVec2 max) {
  if (panel.document() == nullptr && panel.workspace.draft().empty()) return field_.draw_welcome(panel, min, max);
  field_.draw_bar(panel, min, {max.x, min.y + panel.px(field_height)});
  min.y += panel.px(field_height);
  if (panel.document() == nullptr) return;
  words_.place(panel, min, max);
  if (words_.all().empty()) return;
  const TokenLights lights(panel);
  draw_arcs(panel, lights, min, max);
  draw_words(panel, lights);
  draw_weights(panel, lights);
  draw_sentence(panel, lights, min, max);
}

}  // namespace attnscope
