#include "app/window_stage.h"

#include <algorithm>
#include <vector>

namespace attnscope {

WindowStage::WindowStage(Workspace& workspace, Window& window, float fixed_scale)
    : workspace_(workspace),
      frame_(window, fixed_scale),
      ui_(library_.load(*ImGui::GetIO().Fonts), library_.aliases()) {}

void WindowStage::draw(double now, double last_input, WindowUi::Only only) {
  ui_.prepare(workspace_, frame_.scale());
  frame_.begin();
  workspace_.begin_frame(now);
  const std::vector<Command> commands = ui_.draw(workspace_, now, only);
  for (const Command& command : commands) workspace_.execute(command);
  workspace_.end_frame(last_input);
  frame_.end();
  changed_ = !commands.empty();
}

std::optional<double> WindowStage::due_in() const {
  const std::optional<double> work = workspace_.due_in();
  const std::optional<double> ui = ui_.due_in();
  return work && ui ? std::min(*work, *ui) : work ? work : ui;
}

}  // namespace attnscope
