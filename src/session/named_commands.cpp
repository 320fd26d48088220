#include "session/named_commands.h"

#include "session/workspace.h"

namespace attnscope {
namespace {

template <typename T>
std::function<Command(const Workspace&)> always(T command) {
  return [command](const Workspace&) { return Command(command); };
}

Command swap_direction(const Workspace& workspace) {
  const bool to = workspace.view().direction == Direction::attends_to;
  return SetDirection{to ? Direction::attended_by : Direction::attends_to};
}

Command swap_pool(const Workspace& workspace) {
  return SetPool{workspace.view().pool == Pool2d::max ? Pool2d::mean : Pool2d::max};
}

Command swap_scale(const Workspace& workspace) {
  const bool log = workspace.view().scale == WeightScale::logarithmic;
  return SetScale{log ? WeightScale::linear : WeightScale::logarithmic};
}

Command swap_theme(const Workspace& workspace) {
  return SetTheme{workspace.settings().theme == Theme::dark ? Theme::light : Theme::dark};
}

std::vector<NamedCommand> make_commands() {
  return {
      {"Next token", "Right", "Look", always(StepToken{1})},
      {"Previous token", "Left", "Look", always(StepToken{-1})},
      {"Next weaker link", "Down", "Look", always(StepStrength{1})},
      {"Next stronger link", "Up", "Look", always(StepStrength{-1})},
      {"Next head", "]", "Look", always(StepHead{1})},
      {"Previous head", "[", "Look", always(StepHead{-1})},
      {"Next layer", "}", "Look", always(StepLayer{1})},
      {"Previous layer", "{", "Look", always(StepLayer{-1})},
      {R"(Swap "attends to" and "is attended by")", "Tab", "Look", swap_direction},
      {"Clear what is picked", "Esc", "Look", always(PickToken{})},
      {"Run the light on the arcs", "Space", "Look", always(PlayArcs{})},
      {"Go to a token", "Ctrl+G", "Find", always(ShowOverlay{Overlay::go_to})},
      {"Find in the text", "Ctrl+F", "Find", always(ShowOverlay{Overlay::find})},
      {"Fit the whole map", "F", "Map", always(MoveMap{})},
      {"Largest or mean weight of a pixel", "M", "Map", swap_pool},
      {"Logarithmic or linear colours", "L", "Map", swap_scale},
      {"Arcs of all tokens", "A", "Map",
       [](const Workspace& workspace) { return SetEveryone{!workspace.view().everyone}; }},
      {"Text", "1", "Panels", always(FocusPanel{PanelName::text})},
      {"Map", "2", "Panels", always(FocusPanel{PanelName::map})},
      {"Heads", "3", "Panels", always(FocusPanel{PanelName::heads})},
      {"Why", "4", "Panels", always(FocusPanel{PanelName::why})},
      {"Arcs", "5", "Panels", always(FocusPanel{PanelName::arcs})},
      {"Cost", "6", "Panels", always(FocusPanel{PanelName::cost})},
      {"Put the panels back", "", "Panels", always(ResetLayout{})},
      {"Undo the last change of view", "Ctrl+Z", "Window", always(Undo{})},
      {"Redo", "Ctrl+Y", "Window", always(Redo{})},
      {"Stop computing", "Ctrl+.", "Window", always(StopCapture{})},
      {"Dark or light", "Ctrl+T", "Window", swap_theme},
      {"Reduce motion", "", "Window",
       [](const Workspace& workspace) { return SetReducedMotion{!workspace.settings().reduced_motion}; }},
      {"Every command", "Ctrl+Shift+P", "Window", always(ShowOverlay{Overlay::palette})},
      {"Keys", "?", "Window", always(ShowOverlay{Overlay::keys})},
      {"Quit", "Ctrl+Q", "Window", always(Quit{})},
  };
}

}  // namespace

const std::vector<NamedCommand>& named_commands() {
  static const std::vector<NamedCommand> commands = make_commands();
  return commands;
}

}  // namespace attnscope
