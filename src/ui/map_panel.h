// The map: P as a picture from the whole text to single cells with numbers, with rulers, profiles and a legend.
#pragma once
#include <optional>

#include "ui/map_scene.h"
#include "ui/map_tiles.h"
#include "ui/panel.h"

namespace attnscope {

class MapPanel {
 public:
  void draw(const Panel& panel);

 private:
  MapCamera eased_camera(const Panel& panel, std::int64_t n);
  void answer_mouse(const MapScene& scene);
  static void draw_hovered(const MapScene& scene, std::int64_t query, std::int64_t key);

  MapTiles tiles_;
  // The camera moves from where it was shown to where the view has it.
  MapCamera from_, target_;
  const Document* of_ = nullptr;
  double moved_at_ = -1e9;
  bool dragging_ = false;
  std::optional<MapCell> hovered_;
};

}  // namespace attnscope
