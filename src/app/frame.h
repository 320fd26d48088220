// The loop of the window: when a frame is worth drawing, and what happens before and after it. What is in it is left to
// the panels, which draw with Dear ImGui and ImPlot between begin() and end().
#pragma once
#include <imgui.h>

#include <optional>

#include "app/frame_pacer.h"
#include "app/window.h"
#include "render/gl_objects.h"
#include "render/image.h"

struct ImPlotContext;

namespace attnscope {

// Owns the contexts of Dear ImGui and ImPlot, which are current while it lives. One at a time in a process, on the
// thread of its window, which must outlive it.
class Frame {
 public:
  // `fixed_scale` > 0 is the interface scale; 0 lets it follow the window's height.
  explicit Frame(Window& window, float fixed_scale = 0.0F);
  ~Frame();
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  // Interface scale: clamp(height / 900, 1, 3) of the window as it is now, unless fixed. Those who set ImGui's style do
  // so before begin() whenever this changed.
  float scale() const;

  // Returns when the next frame is due (frame_pacer.h), sleeping until then or until there is input;
  // glfwPostEmptyEvent() from any thread counts as input. With `animating` frames are due at the display's rate, unless
  // the window is minimized. `due`: seconds after which one is wanted in any case. Returns at once without a display.
  void wait(bool animating, std::optional<double> due = std::nullopt);

  // Starts the frame; ImGui's DeltaTime is the time since the last one, 1/60 s always without a display.
  void begin();
  // Draws what was submitted since begin() and shows it.
  void end();

  // What the last end() drew, in pixels of the framebuffer; 0 x 0 before. Call before the next begin().
  Image picture() const;

 private:
  struct Contexts {
    explicit Contexts(const Window& window);
    ~Contexts();
    Contexts(const Contexts&) = delete;
    Contexts& operator=(const Contexts&) = delete;
  };

  PaceState pace_state(bool animating) const;
  void resize_screen();

  Window& window_;
  float fixed_scale_;
  Contexts contexts_;
  FramePacer pacer_;
  int width_ = 0;
  int height_ = 0;
  GlObject screen_color_;  // every frame is drawn here first: without a display there is no other place
  GlObject screen_;
};

}  // namespace attnscope
