// Where the panels stand when nobody has moved them, by mode and size of the window. Each kind of window has a layout
// of its own, which ImGui keeps as it is moved.
#pragma once
#include <imgui.h>

#include <string>

namespace attnscope {

enum class LayoutKind : int { sentence, reading, reading_low, reading_narrow };

// `width` and `height` of the window in design pixels.
LayoutKind layout_kind(bool sentence, float width, float height);

// What ImGui knows a panel's window by in a layout. A window is docked in one place at a time, so each layout has
// windows of its own.
std::string docked_name(const char* title, LayoutKind kind);

// The dock space in the current window's cursor position; makes the design's layout where there is none yet, or again
// where `reset`. Sizes below one pixel count as one.
void dock_panels(LayoutKind kind, ImVec2 room, bool reset);

// Panels that have their place for themselves show no tab bar, nor ImGui's corner to unfold one: their header drags
// them.
void hide_single_tabs();

// Brings the panel's tab to the front where it shares its place, without giving it the keyboard.
void show_tab(const std::string& window_name);

}  // namespace attnscope
