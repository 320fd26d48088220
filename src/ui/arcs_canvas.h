// A picture of arcs inside a panel: collects ribbons in screen coordinates, has them drawn offscreen, shows the image.
// Which arcs there are is left to the panels.
#pragma once
#include <imgui.h>

#include <span>
#include <vector>

#include "render/arc_geometry.h"
#include "render/density_painter.h"
#include "render/render_target.h"
#include "render/ribbon_painter.h"
#include "ui/panel.h"

namespace attnscope {

class ArcsCanvas {
 public:
  // Begins a picture of this part of the screen.
  void begin(const Panel& panel, ImVec2 min, ImVec2 max);
  // An arc between two points of the screen; `height` as in Arc (above where positive), `width` in screen pixels,
  // `light` 0: no light runs on it.
  void ribbon(ImVec2 query, ImVec2 key, float height, float width, const ImVec4& color, float light);
  // Everyone's arcs, under the ribbons. `version` says whether they have changed since the last picture.
  struct Density {
    std::span<const DensityArc> arcs;  // in pixels of the picture
    float base = 0;                    // y of the line that they stand on, in pixels of the picture
    float room = 0;                    // pixels above it
    bool down = false;
    std::uint64_t version = 0;
    float strength = 1;  // of what is drawn
  };
  void density(const Density& density) { density_ = density; }
  // Draws all into the current window. The light has run since `picked_at`.
  void show(const Panel& panel, double picked_at);

  // Screen to picture.
  glm::vec2 at(ImVec2 screen) const { return {(screen.x - min_.x) * pixels_, (screen.y - min_.y) * pixels_}; }
  float pixels() const { return pixels_; }  // of the picture in a screen pixel

 private:
  RenderTarget target_;
  RibbonPainter ribbons_painter_;
  DensityPainter density_painter_;
  std::vector<Ribbon> ribbons_;
  std::optional<Density> density_;
  std::uint64_t accumulated_ = 0;
  ImVec2 accumulated_size_;
  ImVec2 min_, max_;
  float pixels_ = 1;
};

}  // namespace attnscope
