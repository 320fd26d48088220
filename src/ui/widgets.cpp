#include "ui/widgets.h"

#include <imgui_internal.h>

#include <algorithm>
#include <cmath>

namespace attnscope {
namespace {

constexpr float control_height = 24;
constexpr float label_em = 12.5F;

// The rectangle of a control of this width at one end of the row.
ImRect take(const Panel& panel, Row& row, float width, bool at_left) {
  const float height = panel.px(control_height);
  const float x = std::round(at_left ? row.left : row.right - width);
  const float y = std::round(row.middle - height / 2);
  if (at_left) {
    row.left = x + width + panel.px(8);
  } else {
    row.right = x - panel.px(8);
  }
  return {x, y, x + width, y + height};
}

// An invisible button over a rectangle; the probe knows it by `id`.
bool press(const Panel& panel, const char* id, const ImRect& at, bool* hovered) {
  ImGui::SetCursorScreenPos(at.Min);
  const bool clicked = ImGui::InvisibleButton(id, at.GetSize());
  *hovered = ImGui::IsItemHovered();
  panel.probe.mark(id);
  return clicked;
}

void label_in(const Panel& panel, const ImRect& at, std::string_view label, const ImVec4& color, Face face = Face::ui) {
  const ImVec2 size = text_size(panel, label, face, label_em);
  draw_text(panel, *ImGui::GetWindowDrawList(),
            {at.Min.x + (at.GetWidth() - size.x) / 2, at.Min.y + (at.GetHeight() - size.y) / 2}, label, color, face,
            label_em);
}

}  // namespace

const char* window_name(PanelName name) {
  switch (name) {
    case PanelName::text:
      return "Text";
    case PanelName::map:
      return "Map";
    case PanelName::heads:
      return "Heads";
    case PanelName::why:
      return "Why";
    case PanelName::arcs:
      return "Arcs";
    case PanelName::cost:
      return "Cost";
  }
  return "";
}

bool begin_panel(const Panel& panel, PanelName name) {
  if (panel.workspace.transient().focus == name) ImGui::SetNextWindowFocus();
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2());
  const bool shows = ImGui::Begin(docked_name(window_name(name), panel.layout).c_str(), nullptr,
                                  ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse |
                                      ImGuiWindowFlags_NoNavFocus | ImGuiWindowFlags_NoFocusOnAppearing);
  ImGui::PopStyleVar();
  if (shows && panel.probe.on()) {
    const ImRect all = ImGui::GetCurrentWindow()->Rect();
    panel.probe.mark(std::string("panel ") + window_name(name), all.Min, all.Max);
  }
  return shows;
}

void end_panel() { ImGui::End(); }

Area panel_area() {
  const ImRect& inner = ImGui::GetCurrentWindow()->InnerRect;
  return {inner.Min, inner.Max};
}

Row panel_header(const Panel& panel, std::string_view title, std::string_view subtitle) {
  ImGuiWindow* window = ImGui::GetCurrentWindow();
  const auto [min, max] = panel_area();
  Row row{min.x + panel.px(14), max.x - panel.px(14), min.y + panel.px(header_height) / 2};
  // Where panels share a place, the tab is the title.
  const bool tabbed = window->DockNode != nullptr && window->DockNode->Windows.Size > 1;
  if (tabbed) title = {};
  const float title_width = title.empty() ? 0 : text_size(panel, title, Face::strong).x;
  ImGui::SetCursorScreenPos(min);
  ImGui::InvisibleButton("drag panel", {panel.px(14) + title_width, panel.px(header_height)});
  if (ImGui::IsItemActive() && ImGui::IsMouseDragging(ImGuiMouseButton_Left)) {
    ImGui::StartMouseMovingWindowOrNode(window, window->DockNode, true);
  }
  if (!title.empty()) {
    row_text(panel, row, title, panel.colors.text, Face::strong);
    row.left += panel.px(4);
  }
  if (!subtitle.empty()) row_text(panel, row, subtitle, panel.colors.dim);
  return row;
}

void row_text(const Panel& panel, Row& row, std::string_view text, const ImVec4& color, Face face, float em) {
  const float room = row.right - row.left;
  const std::string shown = fitted(panel, text, room, face, em);
  const ImVec2 size = text_size(panel, shown, face, em);
  draw_text(panel, *ImGui::GetWindowDrawList(), {row.left, row.middle - size.y / 2}, shown, color, face, em);
  row.left += size.x + panel.px(8);
}

std::optional<int> segments(const Panel& panel, Row& row, const char* id, std::initializer_list<const char*> labels,
                            int selected, bool at_left) {
  const float padding = panel.px(10);
  float width = panel.px(2);
  for (const char* label : labels) width += text_size(panel, label, Face::ui, label_em).x + 2 * padding;
  const ImRect all = take(panel, row, width, at_left);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRect(all.Min, all.Max, packed(panel.colors.raised), panel.px(5), 0, panel.px(1.5F));
  ImGui::PushID(id);
  std::optional<int> clicked;
  float x = all.Min.x + panel.px(1);
  int index = 0;
  for (const char* label : labels) {
    const float w = text_size(panel, label, Face::ui, label_em).x + 2 * padding;
    const ImRect at(x, all.Min.y, x + w, all.Max.y);
    bool hovered = false;
    const std::string name = std::string(id) + " " + label;
    if (press(panel, name.c_str(), at, &hovered)) clicked = index;
    if (index == selected) list.AddRectFilled(at.Min, at.Max, packed(panel.colors.raised), panel.px(5));
    label_in(panel, at, label, index == selected || hovered ? panel.colors.text : panel.colors.faint);
    x += w;
    ++index;
  }
  ImGui::PopID();
  return clicked;
}

bool chip(const Panel& panel, Row& row, const char* id, std::string_view label, bool at_left, bool strong) {
  const float room = std::max(0.0F, row.right - row.left - panel.px(16));
  const std::string shown = fitted(panel, label, room, strong ? Face::strong : Face::ui, label_em);
  const float width = text_size(panel, shown, strong ? Face::strong : Face::ui, label_em).x + panel.px(16);
  const ImRect at = take(panel, row, width, at_left);
  bool hovered = false;
  const bool clicked = press(panel, id, at, &hovered);
  ImGui::GetWindowDrawList()->AddRectFilled(at.Min, at.Max, packed(hovered ? panel.colors.line : panel.colors.raised),
                                            panel.px(5));
  label_in(panel, at, shown, panel.colors.text, strong ? Face::strong : Face::ui);
  return clicked;
}

void plate(const Panel& panel, Row& row, std::string_view label) {
  const std::string shown =
      fitted(panel, label, std::max(0.0F, row.right - row.left - panel.px(16)), Face::ui, label_em);
  if (shown.empty()) return;
  const ImRect at = take(panel, row, text_size(panel, shown, Face::ui, label_em).x + panel.px(16), true);
  ImGui::GetWindowDrawList()->AddRectFilled(at.Min, at.Max, packed(panel.colors.raised), panel.px(5));
  label_in(panel, at, shown, panel.colors.text);
}

int stepper(const Panel& panel, Row& row, const char* id, std::string_view value) {
  const float arrow = panel.px(16);
  const float width = std::max(panel.px(20), text_size(panel, value, Face::mono, label_em).x) + 2 * arrow;
  const ImRect at = take(panel, row, width, true);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(at.Min, at.Max, packed(panel.colors.raised), panel.px(5));
  ImGui::PushID(id);
  int step = 0;
  for (const int by : {-1, 1}) {
    const ImRect half =
        by < 0 ? ImRect(at.Min, {at.Min.x + arrow, at.Max.y}) : ImRect({at.Max.x - arrow, at.Min.y}, at.Max);
    bool hovered = false;
    const std::string name = std::string(id) + (by < 0 ? " previous" : " next");
    if (press(panel, name.c_str(), half, &hovered)) step = by;
    label_in(panel, half, by < 0 ? "‹" : "›", hovered ? panel.colors.text : panel.colors.faint);
  }
  ImGui::PopID();
  label_in(panel, at, value, panel.colors.text, Face::mono);
  return step;
}

void begin_card(const Panel& panel) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, panel.px(12, 9));
  ImGui::PushStyleColor(ImGuiCol_PopupBg, packed(panel.colors.raised));
  ImGui::BeginTooltip();
}

void end_card() {
  ImGui::EndTooltip();
  ImGui::PopStyleColor();
  ImGui::PopStyleVar();
}

void empty_state(const Panel& panel, ImVec2 min, ImVec2 max, std::string_view line, std::string_view hint) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 middle((min.x + max.x) / 2, (min.y + max.y) / 2);
  const std::string first = fitted(panel, line, max.x - min.x - panel.px(16));
  const ImVec2 size = text_size(panel, first);
  draw_text(panel, list, {middle.x - size.x / 2, middle.y - size.y}, first, panel.colors.dim);
  const std::string second = fitted(panel, hint, max.x - min.x - panel.px(16), Face::ui, 12);
  draw_text(panel, list, {middle.x - text_size(panel, second, Face::ui, 12).x / 2, middle.y + panel.px(4)}, second,
            panel.colors.faint, Face::ui, 12);
}

std::string missing_layer(const Panel& panel, std::int64_t layer) {
  const CaptureStage stage = panel.workspace.capture_status().stage;
  const bool coming = stage == CaptureStage::opening || stage == CaptureStage::computing;
  return "layer " + std::to_string(layer) + (coming ? " is to be computed" : " was not computed");
}

void copyable(const Panel& panel, const std::string& value) {
  if (ImGui::IsItemHovered() && ImGui::IsMouseReleased(ImGuiMouseButton_Right)) {
    ImGui::SetClipboardText(value.c_str());
    ImGui::SetTooltip("copied %s", value.c_str());
  }
  (void)panel;
}

}  // namespace attnscope
