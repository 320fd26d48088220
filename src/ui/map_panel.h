// The map: P as a picture from the whole text to single cells with numbers, with rulers, profiles and a legend.
#pragma once
#include <optional>

#include "ui/map_tiles.h"
#include "ui/panel.h"

namespace attnscope {

class MapPanel {
 public:
  void draw(const Panel& panel);

 private:
  struct Frame;
  MapCamera eased_camera(const Panel& panel, std::int64_t n);
  void answer_mouse(const Frame& frame);
  static void draw_cells(const Frame& frame);
  static void draw_numbers(const Frame& frame);
  static void draw_picked(const Frame& frame);
  static void draw_hovered(const Frame& frame, std::int64_t query, std::int64_t key);
  void draw_labels(const Frame& frame);
  static void draw_ruler(const Frame& frame);
  static void draw_profiles(const Frame& frame);
  static void draw_legend(const Frame& frame, float x, float bottom);

  MapTiles tiles_;
  // The camera moves from where it was shown to where the view has it.
  MapCamera from_, target_;
  const Document* of_ = nullptr;
  double moved_at_ = -1e9;
  bool dragging_ = false;
  std::optional<std::pair<std::int64_t, std::int64_t>> hovered_;  // query, key
};

}  // namespace attnscope
