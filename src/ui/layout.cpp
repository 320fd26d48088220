#include "ui/layout.h"

#include <imgui_internal.h>

#include <algorithm>
#include <array>

namespace attnscope {
namespace {

constexpr float low_height = 860;
constexpr float narrow_width = 1200;

using Split = std::array<ImGuiID, 2>;  // the part that was cut off, the rest

Split split(ImGuiID node, ImGuiDir side, float share) {
  Split parts{};
  // In a very small window the design's widths are more than there is.
  const float kept = std::clamp(share, 0.05F, 0.95F);
  parts[0] = ImGui::DockBuilderSplitNode(node, side, kept, nullptr, &parts[1]);
  return parts;
}

// Puts panels into the nodes of one layout.
struct Docker {
  LayoutKind kind;

  void put(const char* title, ImGuiID node) const {
    ImGui::DockBuilderDockWindow(docked_name(title, kind).c_str(), node);
  }
  // Of windows that share a node, the one to be seen first.
  void select(const char* title, ImGuiID node) const {
    const ImGuiID window = ImHashStr(docked_name(title, kind).c_str());
    ImGui::DockBuilderGetNode(node)->SelectedTabId = ImHashStr("#TAB", 0, window);
  }
};

void build_sentence(const Docker& docker, ImGuiID root) {
  const auto [why, rest] = split(root, ImGuiDir_Left, 0.431F);
  const auto [map, heads] = split(rest, ImGuiDir_Left, 0.444F);
  docker.put("Why", why);
  docker.put("Cost", why);  // not open unless asked for
  docker.put("Map", map);
  docker.put("Heads", heads);
}

void build_reading(const Docker& docker, ImGuiID root) {
  const auto [right, left] = split(root, ImGuiDir_Right, 0.281F);
  const auto [arcs, top] = split(left, ImGuiDir_Down, 0.34F);
  const auto [text, map] = split(top, ImGuiDir_Left, 0.466F);
  const auto [cost, upper] = split(right, ImGuiDir_Down, 0.34F);
  const auto [heads, why] = split(upper, ImGuiDir_Up, 0.52F);
  docker.put("Text", text);
  docker.put("Map", map);
  docker.put("Arcs", arcs);
  docker.put("Heads", heads);
  docker.put("Why", why);
  docker.put("Cost", cost);
}

void build_reading_low(const Docker& docker, ImGuiID root, ImVec2 size, float scale) {
  const auto [right, left] = split(root, ImGuiDir_Right, 360 * scale / size.x);
  const auto [arcs, top] = split(left, ImGuiDir_Down, 190 * scale / size.y);
  const auto [text, map] = split(top, ImGuiDir_Left, 400 * scale / (size.x - 360 * scale));
  docker.put("Text", text);
  docker.put("Map", map);
  docker.put("Arcs", arcs);
  for (const char* name : {"Heads", "Why", "Cost"}) docker.put(name, right);
  docker.select("Why", right);
}

void build_reading_narrow(const Docker& docker, ImGuiID root, ImVec2 size, float scale) {
  const auto [right, left] = split(root, ImGuiDir_Right, 360 * scale / size.x);
  const auto [map, text] = split(left, ImGuiDir_Down, 0.5F);
  docker.put("Text", text);
  for (const char* name : {"Map", "Arcs"}) docker.put(name, map);
  for (const char* name : {"Heads", "Why", "Cost"}) docker.put(name, right);
  docker.select("Arcs", map);
  docker.select("Why", right);
}

constexpr std::array names{"sentence", "reading", "reading low", "reading narrow"};

}  // namespace

LayoutKind layout_kind(bool sentence, float width, float height) {
  if (sentence) return LayoutKind::sentence;
  if (width < narrow_width) return LayoutKind::reading_narrow;
  return height < low_height ? LayoutKind::reading_low : LayoutKind::reading;
}

std::string docked_name(const char* title, LayoutKind kind) {
  return std::string(title) + "###" + title + " of " + names.at(static_cast<std::size_t>(kind));
}

void dock_panels(LayoutKind kind, ImVec2 room, bool reset) {
  const ImVec2 size(std::max(1.0F, room.x), std::max(1.0F, room.y));
  const Docker docker{kind};
  const ImGuiID root = ImGui::GetID(names.at(static_cast<std::size_t>(kind)));
  if (reset || ImGui::DockBuilderGetNode(root) == nullptr) {
    ImGui::DockBuilderRemoveNode(root);
    ImGui::DockBuilderAddNode(root, ImGuiDockNodeFlags_DockSpace);
    ImGui::DockBuilderSetNodeSize(root, size);
    const float scale = ImGui::GetStyle().FontScaleDpi;
    switch (kind) {
      case LayoutKind::sentence:
        build_sentence(docker, root);
        break;
      case LayoutKind::reading:
        build_reading(docker, root);
        break;
      case LayoutKind::reading_low:
        build_reading_low(docker, root, size, scale);
        break;
      case LayoutKind::reading_narrow:
        build_reading_narrow(docker, root, size, scale);
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

void show_tab(const std::string& window_name) {
  const ImGuiWindow* window = ImGui::FindWindowByName(window_name.c_str());
  if (window == nullptr || window->DockNode == nullptr || window->DockNode->TabBar == nullptr) return;
  window->DockNode->TabBar->NextSelectedTabId = window->TabId;
}

}  // namespace attnscope
