#include "ui/why_panel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "ui/widgets.h"

namespace attnscope {
namespace {

constexpr float most_bars_height = 46;
constexpr float hinted_height = 32;  // of bars, from which their label has a second line
constexpr float step_height = 26;
constexpr int named_dimensions = 3;

// "57.1 / √64" where the scale is that of Vaswani et al. (2017), "57.1 × .25" where the model has another.
std::string scaled(double dot, const LayerSpec& spec) {
  const double root = 1 / std::sqrt(static_cast<double>(spec.head_dim));
  if (std::abs(spec.scale - root) < 1e-6 * root) return number_label(dot) + " / √" + std::to_string(spec.head_dim);
  return number_label(dot) + " × " + number_label(spec.scale);
}

}  // namespace

struct WhyPanel::Frame {
  const Panel& panel;
  ImDrawList& list;
  float left, bars, right;  // x of labels, of bars and formulas, of the end
  float bars_height;        // screen pixels
  bool wide;                // room for what each step means
};

// One row of bars, one a dimension.
struct WhyPanel::Bars {
  const char* name = "";  // for the probe
  std::string label;
  std::string_view hint;
  const std::vector<float>& values;
  ImVec4 color;
  bool name_largest = false;
  // What the height spans: all values, and 0.
  float lowest = 0, highest = 0;

  void span(const std::vector<float>& numbers) {
    for (const float number : numbers) {
      lowest = std::min(lowest, number);
      highest = std::max(highest, number);
    }
  }
};

// Bars from a middle line; returns the y below them.
float WhyPanel::draw_bars(const Frame& frame, float y, const Bars& bars) {
  const Panel& panel = frame.panel;
  const float height = frame.bars_height;
  const std::vector<float>& values = bars.values;
  const bool hinted = !bars.hint.empty() && height >= panel.px(hinted_height);
  const float text_top = y + height / 2 - panel.px(hinted ? 17.0F : 8.0F);
  const float label_room = frame.bars - frame.left - panel.px(8);
  draw_text(panel, frame.list, {frame.left, text_top}, fitted(panel, bars.label, label_room), panel.colors.text);
  if (hinted) {
    draw_text(panel, frame.list, {frame.left, y + height / 2 + panel.px(1)},
              fitted(panel, bars.hint, label_room, Face::ui, 12), panel.colors.faint, Face::ui, 12);
  }
  if (values.empty()) return y + height;
  const char* name = bars.name;
  const bool name_largest = bars.name_largest;
  const float span = std::max(1e-30F, bars.highest - bars.lowest);
  const float zero = y + height * bars.highest / span;
  const float step = (frame.right - frame.bars) / static_cast<float>(values.size());
  const float gap = step >= 4 ? 1.0F : 0.0F;
  for (std::size_t c = 0; c < values.size(); ++c) {
    const float x = frame.bars + static_cast<float>(c) * step;
    const float end = zero - values[c] / span * height;
    const float top = std::min(zero, end);
    frame.list.AddRectFilled({x, top}, {std::max(x + 1, x + step - gap), std::max(top + 1, std::max(zero, end))},
                             packed(bars.color));
  }
  ImGui::SetCursorScreenPos({frame.bars, y});
  ImGui::InvisibleButton(name, {std::max(1.0F, frame.right - frame.bars), std::max(1.0F, height)});
  panel.probe.mark(name);
  if (ImGui::IsItemHovered()) {
    const auto c = static_cast<std::size_t>(
        std::clamp((ImGui::GetMousePos().x - frame.bars) / step, 0.0F, static_cast<float>(values.size() - 1)));
    ImGui::SetTooltip("dimension %zu: %s", c, number_label(values[c]).c_str());
    copyable(panel, number_label(values[c]));
  }
  if (name_largest) {
    draw_text(panel, frame.list, {frame.left, y + height + panel.px(1)},
              fitted(panel, "largest dimensions", label_room, Face::ui, 10.5F), panel.colors.faint, Face::ui, 10.5F);
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto count = std::min<std::size_t>(named_dimensions, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                      [&](std::size_t a, std::size_t b) { return std::abs(values[a]) > std::abs(values[b]); });
    float taken = -1e9F;
    std::sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count));
    for (std::size_t i = 0; i < count; ++i) {
      const std::string number = std::to_string(order[i]);
      const float x =
          frame.bars + (static_cast<float>(order[i]) + 0.5F) * step - text_size(panel, number, Face::mono, 10).x / 2;
      if (x < taken) continue;
      taken = x + text_size(panel, number, Face::mono, 10).x + panel.px(3);
      draw_text(panel, frame.list, {x, y + height + panel.px(1)}, number, panel.colors.faint, Face::mono, 10);
    }
  }
  return y + height + (name_largest ? panel.px(14) : 0.0F);
}

float WhyPanel::draw_step(const Frame& frame, float y, const char* name, const std::string& formula,
                          const std::string& meaning) {
  const Panel& panel = frame.panel;
  if (y + panel.px(16) > panel_area().max.y) return y;
  draw_text(panel, frame.list, {frame.left, y}, name, panel.colors.text);
  const float used =
      draw_text(panel, frame.list, {frame.bars, y}, fitted(panel, formula, frame.right - frame.bars, Face::mono, 12.5F),
                panel.colors.text, Face::mono, 12.5F);
  const float meaning_x = std::max(frame.bars + used + panel.px(16), frame.bars + (frame.right - frame.bars) * 0.5F);
  if (frame.wide)
    draw_text(panel, frame.list, {meaning_x, y}, fitted(panel, meaning, frame.right - meaning_x), panel.colors.faint);
  ImGui::SetCursorScreenPos({frame.left, y});
  ImGui::InvisibleButton(name, {std::max(1.0F, frame.right - frame.left), panel.px(step_height) * 0.8F});
  panel.probe.mark(std::string("why ") + name);
  copyable(panel, formula);
  if (!frame.wide && ImGui::IsItemHovered()) ImGui::SetTooltip("%s", meaning.c_str());
  return y + panel.px(step_height);
}

void WhyPanel::draw(const Panel& panel) {
  if (!begin_panel(panel, PanelName::why)) return end_panel();
  const Document* document = panel.document();
  const auto picked = document != nullptr ? panel.workspace.pair() : std::nullopt;
  const auto layer = panel.workspace.layer();
  const auto name = [&](std::int64_t place) {
    return panel.glyphs.displayed(document->label(document->token_at(place)));
  };
  Row row = panel_header(panel, "Why", "");
  const auto [corner, end] = panel_area();
  const ImVec2 size(end.x - corner.x, end.y - corner.y);
  if (!picked || layer == nullptr) {
    const bool waiting = document != nullptr && layer == nullptr;
    empty_state(panel, corner, end, waiting ? missing_layer(panel, panel.view().layer) : "click a token",
                waiting ? "" : "to see where its strongest weight comes from");
    return end_panel();
  }
  const auto [query, key] = *picked;
  row_text(panel, row, "query " + count_label(document->token_at(query)), panel.colors.dim);
  row_text(panel, row, name(query), panel.colors.query);
  row_text(panel, row, "→ key " + count_label(document->token_at(key)), panel.colors.dim);
  row_text(panel, row, name(key), panel.colors.key);

  const auto pair =
      panel.workspace.engine().want(layer, PairRequest{panel.workspace.head_ref(), query, key}, Urgency::answer);
  if (pair == nullptr) return end_panel();
  draw_pair(panel, *layer, *pair, name(query), name(key));
  end_panel();
}

// Query, key and product; score and softmax; then what the value adds to the output: as bars where there is much
// height, else in words.
void WhyPanel::draw_pair(const Panel& panel, const Layer& layer, const Pair& pair, const std::string& query,
                         const std::string& key) {
  const auto [corner, end] = panel_area();
  const bool wide = end.x - corner.x >= panel.px(560);
  const float gap = panel.px(8);
  const float top = corner.y + panel.px(header_height + 4);
  const float room = end.y - panel.px(12) - top - panel.px(14);
  const float all_bars = (room - panel.px(2 * step_height) - 6 * gap) / 5;
  const bool values_as_bars = pair.visible && all_bars >= panel.px(hinted_height);
  const float bars_height = values_as_bars ? all_bars : (room - panel.px(4 * step_height) - 4 * gap) / 3;
  const float label_width = panel.px(wide ? 178.0F : 102.0F);
  const Frame frame{panel,
                    *ImGui::GetWindowDrawList(),
                    corner.x + panel.px(18),
                    corner.x + label_width + panel.px(18),
                    end.x - panel.px(20),
                    std::clamp(bars_height, panel.px(14), panel.px(most_bars_height)),
                    wide};
  const auto quoted = [](const std::string& word) { return "“" + word + "”"; };
  const auto row = [&](float y, const char* name, std::string label, std::string_view hint,
                       const std::vector<float>& values, const ImVec4& color, bool name_largest) {
    Bars bars{name, std::move(label), hint, values, color, name_largest};
    bars.span(values);
    return draw_bars(frame, y, bars) + gap;
  };
  float y = top;
  y = row(y, "why query", wide ? "query of " + quoted(query) : "query", "what it looks for", pair.query,
          panel.colors.query, false);
  y = row(y, "why key", wide ? "key of " + quoted(key) : "key", "what it offers", pair.key, panel.colors.key, false);
  y = row(y, "why product", "product", wide ? "dimension by dimension" : "by dimension", pair.product,
          panel.colors.text, true);
  if (!pair.visible) {
    draw_text(panel, frame.list, {frame.left, y}, "masked: the query does not see this key", panel.colors.dim);
    return;
  }
  const LayerSpec& spec = layer.spec;
  std::string score = scaled(pair.dot, spec);
  score += (spec.cap || !spec.slopes.empty() ? " → " : " = ") + number_label(pair.score);
  const bool root = score.find("√") != std::string::npos;
  y = draw_step(frame, y, "score", score, root ? "sum, divided by √head_dim" : "sum, times the model's scale");
  const std::string weight = weight_label(pair.weight);
  y = draw_step(frame, y, "softmax",
                "exp(" + number_label(pair.score) + " - " + number_label(pair.lse) + ") = " + weight,
                "its share among " + count_label(pair.seen) + (pair.seen == 1 ? " token" : " tokens"));
  if (values_as_bars) {
    std::vector<float> weighted(pair.value);
    for (float& number : weighted) number *= static_cast<float>(pair.weight);
    Bars part{"why value", weight + " × value", wide ? "what it passes on" : "", weighted,
              direction_color(panel.colors, Direction::attended_by)};
    Bars whole{"why output", "output", wide ? "all values, by weight" : "", pair.output, panel.colors.dim};
    for (Bars* bars : {&part, &whole}) {  // one scale, so that the part is seen in the whole
      bars->span(weighted);
      bars->span(pair.output);
    }
    y = draw_bars(frame, y, part) + gap;
    draw_bars(frame, y, whole);
    return;
  }
  y = draw_step(frame, y, "weighted sum", weight + " × value of " + quoted(key),
                "+ " + weight_label(std::max(0.0, 1 - pair.weight)) + " × the other values");
  const std::int64_t last = panel.document()->capture().layer_count() - 1;
  const std::int64_t index = panel.view().layer;
  const std::string others = layer.spec.heads == 2 ? "with the other head's"
                             : layer.spec.heads > 1
                                 ? "with those of the " + std::to_string(layer.spec.heads - 1) + " other heads"
                                 : "";
  draw_step(frame, y, "output",
            "goes on to " + (index < last ? "layer " + std::to_string(index + 1) : "the prediction"), others);
}

}  // namespace attnscope
