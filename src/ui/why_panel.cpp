#include "ui/why_panel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "ui/widgets.h"

namespace attnscope {
namespace {

constexpr float most_bars_height = 44;
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

// Bars from a middle line, one a dimension, all to the scale of the largest.
float WhyPanel::draw_bars(const Frame& frame, float y, const char* name, const std::string& label,
                          std::string_view hint, const std::vector<float>& values, const ImVec4& color,
                          bool name_largest) {
  const Panel& panel = frame.panel;
  const float height = frame.bars_height;
  const float text_top =
      hint.empty() || height < panel.px(34) ? y + (height - panel.px(16)) / 2 : y + height / 2 - panel.px(17);
  draw_text(panel, frame.list, {frame.left, text_top}, fitted(panel, label, frame.bars - frame.left - panel.px(8)),
            panel.colors.text);
  if (height >= panel.px(34)) {
    draw_text(panel, frame.list, {frame.left, y + height / 2 + panel.px(1)},
              fitted(panel, hint, frame.bars - frame.left - panel.px(8), Face::ui, 12), panel.colors.faint, Face::ui,
              12);
  }
  if (values.empty()) return y + height;
  float largest = 0;
  float lowest = 0, highest = 0;
  for (const float value : values) {
    largest = std::max(largest, std::abs(value));
    lowest = std::min(lowest, value);
    highest = std::max(highest, value);
  }
  const float span = std::max(1e-30F, highest - lowest);
  const float zero = y + height * highest / span;
  const float step = (frame.right - frame.bars) / static_cast<float>(values.size());
  const float gap = step >= 4 ? 1.0F : 0.0F;
  for (std::size_t c = 0; c < values.size(); ++c) {
    const float x = frame.bars + static_cast<float>(c) * step;
    const float end = zero - values[c] / span * height;
    const float top = std::min(zero, end);
    frame.list.AddRectFilled({x, top}, {std::max(x + 1, x + step - gap), std::max(top + 1, std::max(zero, end))},
                             packed(color));
  }
  ImGui::SetCursorScreenPos({frame.bars, y});
  ImGui::InvisibleButton(name, {std::max(1.0F, frame.right - frame.bars), std::max(1.0F, height)});
  panel.probe.mark(name);
  if (ImGui::IsItemHovered()) {
    const auto c = static_cast<std::size_t>(
        std::clamp((ImGui::GetMousePos().x - frame.bars) / step, 0.0F, static_cast<float>(values.size() - 1)));
    ImGui::SetTooltip("dimension %zu: %s", c, number_label(values[c]).c_str());
  }
  if (name_largest) {
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
    empty_state(panel, corner, end,
                waiting ? "layer " + std::to_string(panel.view().layer) + " is to be computed" : "click a token",
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
  const bool wide = size.x >= panel.px(560);
  const float label_width = panel.px(wide ? 178.0F : 102.0F);
  const float top = corner.y + panel.px(header_height + 4);
  const float steps = panel.px(step_height * 4 + 10);
  const float gap = panel.px(8);
  const float room = end.y - top - steps - panel.px(14) - 4 * gap;
  const float bars_height = std::clamp(room / 3, panel.px(14), panel.px(most_bars_height));
  const Frame frame{panel,
                    *ImGui::GetWindowDrawList(),
                    corner.x + panel.px(18),
                    corner.x + label_width + panel.px(18),
                    end.x - panel.px(20),
                    bars_height,
                    wide};
  const auto quoted = [](const std::string& word) { return "“" + word + "”"; };
  float y = top;
  y = draw_bars(frame, y, "why query", wide ? "query of " + quoted(name(query)) : "query", "what it looks for",
                pair->query, panel.colors.query, false) +
      gap;
  y = draw_bars(frame, y, "why key", wide ? "key of " + quoted(name(key)) : "key", "what it offers", pair->key,
                panel.colors.key, false) +
      gap;
  y = draw_bars(frame, y, "why product", "product", "dimension by dimension", pair->product, panel.colors.text, true) +
      gap;
  if (!pair->visible) {
    draw_text(panel, frame.list, {frame.left, y}, "masked: the query does not see this key", panel.colors.dim);
    return end_panel();
  }
  const LayerSpec& spec = layer->spec;
  std::string score = scaled(pair->dot, spec);
  score += (spec.cap || !spec.slopes.empty() ? " → " : " = ") + number_label(pair->score);
  const bool root = score.find("√") != std::string::npos;
  y = draw_step(frame, y, "score", score, root ? "sum, divided by √head_dim" : "sum, times the model's scale");
  y = draw_step(
      frame, y, "softmax",
      "exp(" + number_label(pair->score) + " - " + number_label(pair->lse) + ") = " + weight_label(pair->weight),
      "its share among " + count_label(pair->seen) + (pair->seen == 1 ? " token" : " tokens"));
  y = draw_step(frame, y, "weighted sum", weight_label(pair->weight) + " × value of " + quoted(name(key)),
                "+ " + weight_label(std::max(0.0, 1 - pair->weight)) + " × the other values");
  const double value_norm =
      std::sqrt(std::inner_product(pair->value.begin(), pair->value.end(), pair->value.begin(), 0.0));
  const double output_norm =
      std::sqrt(std::inner_product(pair->output.begin(), pair->output.end(), pair->output.begin(), 0.0));
  draw_step(frame, y, "output",
            "length " + number_label(pair->weight * value_norm) + " of " + number_label(output_norm),
            "this key's part of the head's output");
  end_panel();
}

}  // namespace attnscope
