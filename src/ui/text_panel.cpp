#include "ui/text_panel.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "ui/token_card.h"
#include "ui/widgets.h"

namespace attnscope {
namespace {

constexpr float reading_em = 15.5F;
constexpr float line_spacing = 1.78F;
constexpr float margin = 22;
constexpr float minimap_width = 34;
constexpr float lines_a_notch = 3;
constexpr float most_light = 0.62F;   // of the hue on the plate behind the brightest word
constexpr float least_light = 0.02F;  // of the brightest, from which a plate is drawn
constexpr float masked_ink = 0.38F;   // of the panel's colour in the ink of words that are not seen
constexpr float thickest_mark = 3;    // of the minimap

}  // namespace

// What one drawing of the panel works with.
struct TextPanel::Frame {
  const Panel& panel;
  const Document& document;
  const TokenLights& lights;
  ImDrawList& list;
  ImVec2 min, max;  // of the text
  float line_height = 0;
};

void TextPanel::lay_out_text(const Panel& panel, float width) {
  const Document* document = panel.document();
  if (laid_out_ == document && laid_out_width_ == width && laid_out_scale_ == panel.scale) return;
  if (laid_out_ != document) scroll_ = 0;
  laid_out_ = document;
  laid_out_width_ = width;
  laid_out_scale_ = panel.scale;
  // Words begin on whole pixels, so widths are whole too: gaps are then even.
  const float space = std::round(text_size(panel, " ", Face::ui, reading_em).x);
  layout_ = lay_out(*document, width, space, [&panel](std::string_view bytes) {
    return std::round(text_size(panel, panel.glyphs.displayed(bytes), Face::ui, reading_em).x);
  });
}

// What lies behind a unit: its light, the outline of what is picked. All of a line before its words, so that no plate
// covers the end of a neighbour.
void TextPanel::draw_plate(const Frame& frame, std::size_t unit, float y) {
  const Panel& panel = frame.panel;
  const UnitPlace& place = layout_.units[unit];
  const Unit& tokens = frame.document.units()[unit];
  const float left = frame.min.x + place.x;
  const ImVec2 plate_min(left - panel.px(1), y + panel.px(3));
  const ImVec2 plate_max(left + place.width + panel.px(1), y + frame.line_height - panel.px(3));
  const auto holds = [&tokens](std::optional<std::int64_t> token) { return holds_token(tokens, token); };
  const float weight = frame.lights.unit_weight(tokens);
  if (holds(panel.view().token)) {
    const ImVec4& hue = direction_color(panel.colors, panel.view().direction);
    frame.list.AddRect(plate_min, plate_max, packed(hue), panel.px(3), 0, panel.px(1.5F));
  } else {
    if (frame.lights.brightness(weight) > least_light) {
      const ImVec4 plate = frame.lights.plate(weight, panel.colors.panel, most_light);
      frame.list.AddRectFilled(plate_min, plate_max, packed(plate), panel.px(3));
    }
    if (holds(panel.view().other))
      frame.list.AddRect(plate_min, plate_max, packed(panel.colors.text), panel.px(3), 0, panel.px(1));
    else if (holds(panel.workspace.transient().hover_token))
      frame.list.AddRectFilled(plate_min, plate_max, packed(with_alpha(panel.colors.text, 0.08F)), panel.px(3));
  }
  if (panel.probe.on()) panel.probe.mark("token " + std::to_string(tokens.first_token), plate_min, plate_max);
}

void TextPanel::draw_unit(const Frame& frame, std::size_t unit, float y) {
  const Panel& panel = frame.panel;
  const UnitPlace& place = layout_.units[unit];
  const Unit& tokens = frame.document.units()[unit];
  const bool inside = frame.document.in_context(tokens.first_token);
  const float text_height = text_size(panel, "x", Face::ui, reading_em).y;
  const ImVec2 at(frame.min.x + place.x, y + (frame.line_height - text_height) / 2);
  const float weight = frame.lights.unit_weight(tokens);
  const float light = frame.lights.brightness(weight);
  ImVec4 ink = inside ? panel.colors.text : panel.colors.faint;
  const bool picked = holds_token(tokens, panel.view().token);
  if (picked)
    ink = direction_color(panel.colors, panel.view().direction);
  else if (light > 0.5F)
    ink = readable_on(frame.lights.plate(weight, panel.colors.panel, most_light));
  else if (frame.lights.lit() && inside && std::isnan(weight))
    ink = mix(ink, panel.colors.panel, masked_ink);
  if (place.end > place.begin) {
    const std::string_view all = frame.document.info().text;
    const std::string_view bytes =
        all.substr(static_cast<std::size_t>(place.begin), static_cast<std::size_t>(place.end - place.begin));
    draw_text(panel, frame.list, at, panel.glyphs.displayed(bytes), ink, Face::ui, reading_em);
  } else if (light > least_light || picked) {
    draw_text(panel, frame.list, at, frame.document.label(tokens.first_token), ink, Face::ui, 11);
  }
}

void TextPanel::draw_line(const Frame& frame, std::int64_t line) {
  const float y = frame.min.y + static_cast<float>(line) * frame.line_height - scroll_;
  const auto [begin, end] = layout_.line_units(line);
  for (std::size_t unit = begin; unit < end; ++unit) draw_plate(frame, unit, y);
  for (std::size_t unit = begin; unit < end; ++unit) draw_unit(frame, unit, y);
}

// A line where the context begins and ends inside the document, that says why, with the way to move it.
void TextPanel::draw_boundaries(const Frame& frame) {
  const Panel& panel = frame.panel;
  const CaptureInfo& info = frame.document.info();
  const std::int64_t end = info.first + info.count;
  for (const std::int64_t token : {info.first, end}) {
    if (token <= 0 || token >= frame.document.tokens()) continue;
    const std::size_t unit = frame.document.unit_of(token);
    const float y = frame.min.y + static_cast<float>(layout_.units[unit].line) * frame.line_height - scroll_;
    if (y < frame.min.y || y > frame.max.y) continue;
    frame.list.AddLine({frame.min.x, y}, {frame.max.x, y}, packed(panel.colors.faint), 1);
    const bool after = token == end;
    Row row{frame.min.x, frame.max.x, y};
    const std::string label = after ? "the model read up to here: capture from here" : "the model read from here";
    if (after) {
      row.left = frame.max.x - text_size(panel, label, Face::ui, 12.5F).x - panel.px(16);
      if (chip(panel, row, "capture from here", label, true)) panel.ask(CaptureFrom{token});
    }
  }
}

std::optional<std::size_t> TextPanel::unit_at(const Frame& frame, ImVec2 mouse) const {
  const auto line = static_cast<std::int64_t>(std::floor((mouse.y - frame.min.y + scroll_) / frame.line_height));
  if (line < 0 || line >= layout_.lines()) return std::nullopt;
  const auto [begin, end] = layout_.line_units(line);
  const float x = mouse.x - frame.min.x;
  for (std::size_t unit = begin; unit < end; ++unit) {
    const UnitPlace& place = layout_.units[unit];
    if (x >= place.x - frame.panel.px(3) && x < place.x + place.width + frame.panel.px(2)) return unit;
  }
  return std::nullopt;
}

void TextPanel::answer_mouse(const Frame& frame) {
  const Panel& panel = frame.panel;
  ImGui::SetCursorScreenPos(frame.min);
  ImGui::InvisibleButton("text",
                         {std::max(1.0F, frame.max.x - frame.min.x), std::max(1.0F, frame.max.y - frame.min.y)});
  panel.probe.mark("text");
  if (!ImGui::IsItemHovered()) return;
  const auto unit = unit_at(frame, ImGui::GetMousePos());
  if (ImGui::IsItemClicked() && !unit) return panel.ask(PickToken{});
  if (!unit) return;
  const Unit& tokens = frame.document.units()[*unit];
  panel.workspace.transient().hover_token = tokens.first_token;
  if (ImGui::IsItemClicked()) {
    if (frame.document.in_context(tokens.first_token)) return panel.ask(PickToken{tokens.first_token});
    return panel.ask(CaptureFrom{tokens.first_token});
  }
  const float weight = frame.lights.unit_weight(tokens);
  if (frame.lights.lit()) copyable(panel, number_label(weight));
  token_card(panel, tokens, weight);
}

// The wheel, and what has to come into view.
void TextPanel::scroll(const Frame& frame) {
  const float room = frame.max.y - frame.min.y;
  const float most = std::max(0.0F, static_cast<float>(layout_.lines() + 1) * frame.line_height - room);
  if (ImGui::IsWindowHovered() && ImGui::GetIO().MouseWheel != 0) {
    scroll_ -= ImGui::GetIO().MouseWheel * lines_a_notch * frame.line_height;
  }
  const std::optional<std::int64_t> token = frame.panel.view().token;
  if (token != shown_token_) {
    shown_token_ = token;
    if (token) reveal_ = token;
  }
  if (reveal_ && *reveal_ < frame.document.tokens()) {
    const float y = static_cast<float>(layout_.units[frame.document.unit_of(*reveal_)].line) * frame.line_height;
    const bool visible = y >= scroll_ && y + frame.line_height <= scroll_ + room;
    if (!visible) scroll_ = y - room * 0.4F;
  }
  reveal_.reset();
  scroll_ = std::round(std::clamp(scroll_, 0.0F, most));
}

// A mark a line of the panel, thin however few lines there are: the brightest unit of the lines that fall on it.
void TextPanel::draw_minimap(const Frame& frame, ImVec2 min, ImVec2 max) {
  const Panel& panel = frame.panel;
  frame.list.AddRectFilled(min, max, packed(panel.colors.raised), panel.px(2));
  const float all = std::max(1.0F, static_cast<float>(layout_.lines()));
  const float height = max.y - min.y;
  const auto y_of = [&](float line) { return min.y + std::min(1.0F, line / all) * height; };
  const float a_line = height / all;
  const float thick = std::clamp(a_line, panel.px(2), panel.px(thickest_mark));
  const float inset = std::max(0.0F, a_line - thick) / 2;
  if (frame.lights.lit()) {
    std::vector<float> brightest(static_cast<std::size_t>(std::max(1.0F, height)) + 1, 0.0F);
    for (std::size_t unit = 0; unit < layout_.units.size(); ++unit) {
      const float light = frame.lights.brightness(frame.lights.unit_weight(frame.document.units()[unit]));
      const auto at = static_cast<std::size_t>(y_of(static_cast<float>(layout_.units[unit].line)) - min.y);
      brightest[std::min(at, brightest.size() - 1)] = std::max(brightest[std::min(at, brightest.size() - 1)], light);
    }
    for (std::size_t y = 0; y < brightest.size(); ++y) {
      if (brightest[y] < 0.02F) continue;
      const ImVec4 color = mix(panel.colors.raised, direction_color(panel.colors, panel.view().direction),
                               std::pow(brightest[y], 0.65F));
      const float top = min.y + static_cast<float>(y) + inset;
      frame.list.AddRectFilled({min.x, top}, {max.x, std::min(max.y, top + thick)}, packed(color));
    }
  }
  if (const auto token = panel.view().token) {
    const float y = y_of(static_cast<float>(layout_.units[frame.document.unit_of(*token)].line));
    frame.list.AddRect({min.x, y + inset - panel.px(1)}, {max.x, y + inset + thick + panel.px(1)},
                       packed(direction_color(panel.colors, panel.view().direction)), 0, 0, panel.px(1));
  }
  const float first = scroll_ / frame.line_height;
  const float shown = (frame.max.y - frame.min.y) / frame.line_height;
  if (shown < all) {
    frame.list.AddRectFilled({min.x, y_of(first)}, {max.x, y_of(first + shown)},
                             packed(with_alpha(panel.colors.text, 0.07F)), panel.px(2));
  }
  ImGui::SetCursorScreenPos(min);
  ImGui::InvisibleButton("minimap", {max.x - min.x, std::max(1.0F, height)});
  panel.probe.mark("minimap");
  if (ImGui::IsItemActive()) {
    const float share = (ImGui::GetMousePos().y - min.y) / std::max(1.0F, height);
    scroll_ = (share * all - shown / 2) * frame.line_height;
  }
}

void TextPanel::draw(const Panel& panel) {
  if (begin_panel(panel, PanelName::text)) {
    const Document* document = panel.document();
    Row row = panel_header(panel, "Text", document ? count_label(document->tokens()) + " tokens" : "");
    const auto direction = segments(panel, row, "direction", {"attends to", "attended by"},
                                    panel.view().direction == Direction::attends_to ? 0 : 1);
    if (direction) panel.ask(SetDirection{*direction == 0 ? Direction::attends_to : Direction::attended_by});
    const auto [corner, end] = panel_area();
    const ImVec2 min(corner.x + panel.px(margin), corner.y + panel.px(header_height) + panel.px(4));
    const ImVec2 max(end.x - panel.px(margin + minimap_width + 14), end.y);
    if (document == nullptr) {
      empty_state(panel, min, end, "no text yet", "drop a text file here, or paste one");
    } else if (max.x - min.x > panel.px(40) && max.y > min.y) {
      lay_out_text(panel, max.x - min.x);
      const TokenLights lights(panel);
      ImDrawList& list = *ImGui::GetWindowDrawList();
      const float line_height = std::round(panel.px(reading_em) * line_spacing);
      const Frame frame{panel, *document, lights, list, min, max, line_height};
      scroll(frame);
      list.PushClipRect({corner.x, min.y}, {max.x + panel.px(8), max.y}, true);
      const auto first = static_cast<std::int64_t>(scroll_ / line_height);
      const auto shown = static_cast<std::int64_t>((max.y - min.y) / line_height) + 2;
      for (std::int64_t line = first; line < std::min(layout_.lines(), first + shown); ++line) draw_line(frame, line);
      draw_boundaries(frame);
      list.PopClipRect();
      answer_mouse(frame);
      const float right = end.x - panel.px(14);
      draw_minimap(frame, {right - panel.px(minimap_width), min.y + panel.px(6)}, {right, max.y - panel.px(12)});
    }
  }
  end_panel();
}

}  // namespace attnscope
