#include "ui/window_ui.h"

#include <cmath>

#include "ui/cost_panel.h"
#include "ui/keyboard.h"
#include "ui/top_bar.h"
#include "ui/why_panel.h"
#include "ui/widgets.h"

namespace attnscope {
namespace {

constexpr float sentence_share = 0.6F;  // of the height between the bars, for the field and the words

constexpr ImGuiWindowFlags background_flags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                              ImGuiWindowFlags_NoSavedSettings |
                                              ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoDocking |
                                              ImGuiWindowFlags_NoNavFocus | ImGuiWindowFlags_NoScrollWithMouse;

// The window behind everything.
void begin_background(ImVec2 size) {
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize(size);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2());
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
  ImGui::Begin("attnscope", nullptr, background_flags);
  ImGui::PopStyleVar(2);
}

}  // namespace

void WindowUi::prepare(const Workspace& workspace, float scale) {
  scale_ = scale;
  const std::pair wanted(workspace.settings().theme, scale);
  if (styled_ == wanted) return;
  styled_ = wanted;
  apply_theme(wanted.first, scale);
}

std::vector<Command> WindowUi::draw(Workspace& workspace, double clock, Only only) {
  std::vector<Command> commands;
  animating_ = false;
  shimmering_ = false;
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  const bool sentence = workspace.document() == nullptr || workspace.document()->is_sentence();
  const Panel panel{workspace,
                    commands,
                    palette(workspace.settings().theme),
                    fonts_,
                    glyphs_,
                    probe_,
                    layout_kind(sentence, size.x / scale_, size.y / scale_),
                    scale_,
                    clock,
                    animating_,
                    shimmering_};
  workspace.transient().hover_token.reset();
  answer_keys(panel, heads_.focused());
  if (only == Only::window) {
    draw_window(panel, size);
  } else {
    draw_only(panel, size, only);
  }
  overlays_.draw(panel, size);
  workspace.transient().focus.reset();
  workspace.transient().reset_layout = false;
  glyphs_.take_held();  // no field took it
  ++frames_;
  return commands;
}

void WindowUi::draw_panels(const Panel& panel) {
  const LayoutKind kind = panel.layout;
  const std::optional<std::int64_t> token = panel.view().token;
  if (token != last_token_ && frames_ > 2 && (kind == LayoutKind::reading_low || kind == LayoutKind::reading_narrow)) {
    show_tab(docked_name(window_name(PanelName::why), kind));
  }
  last_token_ = token;
  if (kind != LayoutKind::sentence) {
    text_.draw(panel);
    arcs_.draw(panel);
  }
  map_.draw(panel);
  heads_.draw(panel);
  WhyPanel::draw(panel);
  // A sentence is short: what it costs is shown to those who ask.
  const auto focus = panel.workspace.transient().focus;
  if (focus == PanelName::cost) cost_of_sentence_ = !cost_of_sentence_ || kind != LayoutKind::sentence;
  if (kind != LayoutKind::sentence || cost_of_sentence_) CostPanel::draw(panel);
  hide_single_tabs();
}

void WindowUi::draw_window(const Panel& panel, ImVec2 size) {
  begin_background(size);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled({0, 0}, size, packed(panel.colors.gap));
  const float top = std::round(panel.px(top_bar_height));
  const float bottom = std::round(size.y - panel.px(status_bar_height));
  draw_top_bar(panel, {0, 0}, {size.x, top - 1});
  draw_status_bar(panel, {0, bottom + 1}, size);
  probe_.mark("top bar", {0, 0}, {size.x, top - 1});
  probe_.mark("status bar", {0, bottom + 1}, size);
  const Document* document = panel.document();
  const bool sentence = document == nullptr || document->is_sentence();
  float dock_top = top;
  if (sentence) {
    const bool welcome = document == nullptr;
    const float end = welcome ? bottom : std::round(top + (bottom - top) * sentence_share);
    list.AddRectFilled({0, top}, {size.x, end}, packed(panel.colors.panel));
    sentence_.draw(panel, {0, top}, {size.x, end});
    probe_.mark("words", {0, top}, {size.x, end});
    dock_top = end + 1;
  }
  if (document != nullptr) {
    ImGui::SetCursorScreenPos({0, dock_top});
    dock_panels(panel.layout, {size.x, bottom - dock_top}, panel.workspace.transient().reset_layout);
  }
  ImGui::End();
  if (document != nullptr) draw_panels(panel);
}

// One panel alone, over the whole picture.
void WindowUi::draw_only(const Panel& panel, ImVec2 size, Only only) {
  const Document* document = panel.document();
  if (only == Only::text && (document == nullptr || document->is_sentence())) {
    begin_background(size);
    ImGui::GetWindowDrawList()->AddRectFilled({0, 0}, size, packed(panel.colors.panel));
    sentence_.draw(panel, {0, 0}, size);
    return ImGui::End();
  }
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize(size);
  switch (only) {
    case Only::text:
      return text_.draw(panel);
    case Only::arcs:
      return arcs_.draw(panel);
    case Only::map:
      return map_.draw(panel);
    case Only::heads:
      return heads_.draw(panel);
    case Only::cost:
      return CostPanel::draw(panel);
    case Only::window:
      return;
  }
}

}  // namespace attnscope
