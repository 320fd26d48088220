// The window's contents on a window: fonts, panels and frames over a workspace. The desktop's loop, pictures, tests and
// benchmarks all draw by this; when frames are drawn, and of what, is left to them.
#pragma once
#include <optional>

#include "app/frame.h"
#include "app/window.h"
#include "session/workspace.h"
#include "ui/window_ui.h"

namespace attnscope {

class WindowStage {
 public:
  // `workspace` and `window` must outlive it. `fixed_scale` as Frame takes it.
  WindowStage(Workspace& workspace, Window& window, float fixed_scale);

  // One frame at `now` seconds; carries out what the person asked for. `last_input` as Workspace::end_frame() takes it.
  void draw(double now, double last_input, WindowUi::Only only = WindowUi::Only::window);
  // Whether the next frame will look different by itself.
  bool animating() const { return changed_ || ui_.animating(); }
  // Seconds after which a frame is wanted in any case; none where nothing is to come.
  std::optional<double> due_in() const;

  Frame& frame() { return frame_; }
  WindowUi& ui() { return ui_; }
  GlyphAliases& aliases() { return library_.aliases(); }

 private:
  Workspace& workspace_;
  Frame frame_;
  FontLibrary library_;
  WindowUi ui_;
  bool changed_ = true;  // commands of the last frame show in the next
};

}  // namespace attnscope
