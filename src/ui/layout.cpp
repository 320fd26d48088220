#include "ui/layout.h"

#include <imgui_internal.h>

#include <array>

namespace attnscope {
namespace {

constexpr float low_height = 860;
constexpr float narrow_width = 1200;

using Split = std::array<ImGuiID, 2>;  // the part that was cut off, the rest

Split split(ImGuiID node, ImGuiDir side, float share) {
  Split parts{};
  parts[0] = ImGui::DockBuilderSplitNode(node, side, share, nullptr, &parts[1]);
  return parts;
}

// Of windows that share a node, the one to be seen first.
void select(ImGuiID node, const char* window) {
  ImGui::DockBuilderGetNode(node)->SelectedTabId = ImHashStr("#TAB", 0, ImHashStr(window));
}

void build_sentence(ImGuiID root) {
  const auto [why, rest] = split(root, ImGuiDir_Left, 0.431F);
  const auto [map, heads] = split(rest, ImGuiDir_Left, 0.444F);
  ImGui::DockBuilderDockWindow("Why", why);
  ImGui::DockBuilderDockWindow("Cost", why);  // not open unless asked for
  ImGui::DockBuilderDockWindow("Map", map);
  ImGui::DockBuilderDockWindow("Heads", heads);
}

void build_reading(ImGuiID root) {
  const auto [right, left] = split(root, ImGuiDir_Right, 0.281F);
  const auto [arcs, top] = split(left, ImGuiDir_Down, 0.34F);
  const auto [text, map] = split(top, ImGuiDir_Left, 0.466F);
  const auto [cost, upper] = split(right, ImGuiDir_Down, 0.34F);
  const auto [heads, why] = split(upper, ImGuiDir_Up, 0.52F);
  ImGui::DockBuilderDockWindow("Text", text);
  ImGui::DockBuilderDockWindow("Map", map);
  ImGui::DockBuilderDockWindow("Arcs", arcs);
  ImGui::DockBuilderDockWindow("Heads", heads);
  ImGui::DockBuilderDockWindow("Why", why);
  ImGui::DockBuilderDockWindow("Cost", cost);
}

void build_reading_low(ImGuiID root, ImVec2 size, float scale) {
  const auto [right, left] = split(root, ImGuiDir_Right, 360 * scale / size.x);
  const auto [arcs, top] = split(left, ImGuiDir_Down, 190 * scale / size.y);
  const auto [text, map] = split(top, ImGuiDir_Left, 400 * scale / (size.x - 360 * scale));
  ImGui::DockBuilderDockWindow("Text", text);
  ImGui::DockBuilderDockWindow("Map", map);
  ImGui::DockBuilderDockWindow("Arcs", arcs);
  for (const char* name : {"Heads", "Why", "Cost"}) ImGui::DockBuilderDockWindow(name, right);
  select(right, "Heads");
}

void build_reading_narrow(ImGuiID root, ImVec2 size, float scale) {
  const auto [right, left] = split(root, ImGuiDir_Right, 360 * scale / size.x);
  const auto [map, text] = split(left, ImGuiDir_Down, 0.5F);
  ImGui::DockBuilderDockWindow("Text", text);
  for (const char* name : {"Map", "Arcs"}) ImGui::DockBuilderDockWindow(name, map);
  for (const char* name : {"Heads", "Why", "Cost"}) ImGui::DockBuilderDockWindow(name, right);
  select(map, "Arcs");
  select(right, "Heads");
}

constexpr std::array names{"sentence", "reading", "reading low", "reading narrow"};

}  // namespace

LayoutKind layout_kind(bool sentence, float width, float height) {
  if (sentence) return LayoutKind::sentence;
  if (width < narrow_width) return LayoutKind::reading_narrow;
  return height < low_height ? LayoutKind::reading_low : LayoutKind::reading;
}

void dock_panels(LayoutKind kind, ImVec2 size, bool reset) {
  const ImGuiID root = ImGui::GetID(names.at(static_cast<std::size_t>(kind)));
  if (reset || ImGui::DockBuilderGetNode(root) == nullptr) {
    ImGui::DockBuilderRemoveNode(root);
    ImGui::DockBuilderAddNode(root, ImGuiDockNodeFlags_DockSpace);
    ImGui::DockBuilderSetNodeSize(root, size);
    const float scale = ImGui::GetStyle().FontScaleDpi;
    switch (kind) {
      case LayoutKind::sentence:
        build_sentence(root);
        break;
      case LayoutKind::reading:
        build_reading(root);
        break;
      case LayoutKind::reading_low:
        build_reading_low(root, size, scale);
        break;
      case LayoutKind::reading_narrow:
        build_reading_narrow(root, size, scale);
        break;
    }
    ImGui::DockBuilderFinish(root);
  }
  const ImGuiDockNodeFlags flags = static_cast<int>(ImGuiDockNodeFlags_AutoHideTabBar) |
                                   static_cast<int>(ImGuiDockNodeFlags_NoWindowMenuButton) |
                                   static_cast<int>(ImGuiDockNodeFlags_NoCloseButton);
  ImGui::DockSpace(root, size, flags);
}

void hide_single_tabs() {
  for (ImGuiWindow* window : ImGui::GetCurrentContext()->Windows) {
    ImGuiDockNode* node = window->DockNode;
    if (node == nullptr) continue;
    const bool alone = node->Windows.Size == 1;
    const ImGuiDockNodeFlags without = node->LocalFlags & ~static_cast<int>(ImGuiDockNodeFlags_NoTabBar);
    node->SetLocalFlags(alone ? without | static_cast<int>(ImGuiDockNodeFlags_NoTabBar) : without);
  }
}

void show_tab(const char* window_name) {
  const ImGuiWindow* window = ImGui::FindWindowByName(window_name);
  if (window == nullptr || window->DockNode == nullptr || window->DockNode->TabBar == nullptr) return;
  window->DockNode->TabBar->NextSelectedTabId = window->TabId;
}

}  // namespace attnscope
