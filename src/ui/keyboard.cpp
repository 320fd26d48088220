#include "ui/keyboard.h"

#include <algorithm>
#include <string>

#include "session/named_commands.h"

namespace attnscope {
namespace {

// Keys that a text field needs for itself while one is edited.
bool belongs_to_text(std::string_view keys) {
  return !keys.starts_with("Ctrl+") || keys == "Ctrl+Z" || keys == "Ctrl+Y" || keys == "Ctrl+V";
}

// The key with this name as Dear ImGui counts it; none for what is typed rather than pressed ("[", "?").
ImGuiKey key_named(std::string_view name) {
  if (name == "Right") return ImGuiKey_RightArrow;
  if (name == "Left") return ImGuiKey_LeftArrow;
  if (name == "Up") return ImGuiKey_UpArrow;
  if (name == "Down") return ImGuiKey_DownArrow;
  if (name == "Tab") return ImGuiKey_Tab;
  if (name == "Esc") return ImGuiKey_Escape;
  if (name == "Space") return ImGuiKey_Space;
  if (name == ".") return ImGuiKey_Period;
  if (name.size() == 1 && name[0] >= 'A' && name[0] <= 'Z') return static_cast<ImGuiKey>(ImGuiKey_A + (name[0] - 'A'));
  if (name.size() == 1 && name[0] >= '0' && name[0] <= '9') return static_cast<ImGuiKey>(ImGuiKey_0 + (name[0] - '0'));
  return ImGuiKey_None;
}

bool pressed(std::string_view keys) {
  const ImGuiIO& io = ImGui::GetIO();
  bool ctrl = false;
  bool shift = false;
  while (keys.size() > 1) {
    if (keys.starts_with("Ctrl+")) {
      ctrl = true;
      keys.remove_prefix(5);
    } else if (keys.starts_with("Shift+")) {
      shift = true;
      keys.remove_prefix(6);
    } else {
      break;
    }
  }
  const ImGuiKey key = key_named(keys);
  if (key == ImGuiKey_None) {  // typed: wherever the layout of the keyboard has it
    return keys.size() == 1 && std::any_of(io.InputQueueCharacters.begin(), io.InputQueueCharacters.end(),
                                           [&keys](ImWchar typed) { return typed == static_cast<ImWchar>(keys[0]); });
  }
  const bool repeats =
      key == ImGuiKey_LeftArrow || key == ImGuiKey_RightArrow || key == ImGuiKey_UpArrow || key == ImGuiKey_DownArrow;
  return io.KeyCtrl == ctrl && io.KeyShift == shift && !io.KeyAlt && ImGui::IsKeyPressed(key, repeats);
}

void paste(const Panel& panel) {
  const char* clipboard = ImGui::GetClipboardText();
  if (clipboard == nullptr || *clipboard == '\0') return;
  panel.ask(OpenText{panel.glyphs.original(clipboard), "pasted text"});
}

}  // namespace

void answer_keys(const Panel& panel, bool heads_focused) {
  const bool editing = ImGui::GetIO().WantTextInput;
  if (panel.workspace.transient().overlay != Overlay::none) {
    if (ImGui::IsKeyPressed(ImGuiKey_Escape, false)) panel.ask(ShowOverlay{Overlay::none});
    return;
  }
  if (!editing && pressed("Ctrl+V")) return paste(panel);
  if (!editing && heads_focused) {
    if (pressed("Left")) return panel.ask(StepLayer{-1});
    if (pressed("Right")) return panel.ask(StepLayer{1});
    if (pressed("Up")) return panel.ask(StepHead{-1});
    if (pressed("Down")) return panel.ask(StepHead{1});
  }
  for (const NamedCommand& command : named_commands()) {
    if (command.keys.empty() || (editing && belongs_to_text(command.keys))) continue;
    if (pressed(command.keys)) panel.ask(command.make(panel.workspace));
  }
}

}  // namespace attnscope
