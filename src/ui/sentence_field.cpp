#include "ui/sentence_field.h"

#include <algorithm>
#include <vector>

#include "ui/input_text.h"
#include "ui/widgets.h"

namespace attnscope {
namespace {

constexpr float field_width = 620;

}  // namespace

void SentenceField::edit(const Panel& panel, ImVec2 min, float width) {
  if (panel.workspace.draft() != last_draft_) {
    last_draft_ = panel.workspace.draft();
    text_ = panel.glyphs.editable(last_draft_);
  }
  ImGui::SetCursorScreenPos(min);
  ImGui::SetNextItemWidth(width);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, panel.px(12, 7));
  if (focus_) ImGui::SetKeyboardFocusHere();
  focus_ = false;
  ImGui::PushItemFlag(ImGuiItemFlags_NoTabStop, true);  // Tab swaps the direction
  const bool edited = input_text(panel.glyphs, "##sentence", "Type a sentence or drop a text", text_);
  ImGui::PopItemFlag();
  if (edited) {
    last_draft_ = panel.glyphs.original(text_);
    panel.ask(EditText{last_draft_});
  }
  ImGui::PopStyleVar();
  panel.probe.mark("sentence");
}

void SentenceField::draw_bar(const Panel& panel, ImVec2 min, ImVec2 max) {
  Row row{min.x + panel.px(14), max.x - panel.px(14), (min.y + max.y) / 2};
  const auto direction = segments(panel, row, "direction", {"attends to", "attended by"},
                                  panel.view().direction == Direction::attends_to ? 0 : 1);
  if (direction) panel.ask(SetDirection{*direction == 0 ? Direction::attends_to : Direction::attended_by});
  const float examples = panel.px(430);
  const float width = std::clamp(row.right - row.left - examples, panel.px(200), panel.px(field_width));
  edit(panel, {row.left, row.middle - panel.px(15)}, width);
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

void SentenceField::draw_welcome(const Panel& panel, ImVec2 min, ImVec2 max) {
  const float width = std::min(panel.px(field_width), max.x - min.x - panel.px(60));
  const float left = (min.x + max.x - width) / 2;
  const float y = min.y + (max.y - min.y) * 0.36F;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  draw_text(panel, list, {left, y - panel.px(48)}, "See what each word attends to", panel.colors.text, Face::strong,
            20);
  edit(panel, {left, y}, width);
  const std::vector<Example>& all = panel.workspace.examples();
  float at = y + panel.px(50);
  for (std::size_t i = 0; i < std::min<std::size_t>(3, all.size()); ++i) {
    Row row{left, left + width, at + panel.px(12)};
    if (chip(panel, row, ("example " + all[i].name).c_str(), all[i].name, true)) panel.ask(OpenExample{i});
    row_text(panel, row, all[i].text, panel.colors.dim);
    at += panel.px(34);
  }
}

}  // namespace attnscope
