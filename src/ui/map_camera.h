// The part of the map on screen as numbers: cells to screen and back, zooming and panning. Pure.
#pragma once
#include <imgui.h>

#include <cstdint>

#include "session/view.h"

namespace attnscope {

inline constexpr double fewest_cells = 4;     // that the side of the map spans
inline constexpr double zoom_a_notch = 1.25;  // of the mouse's wheel

// A square of the screen, `side` pixels, that shows `cells` x `cells` cells from (query, key) on.
struct MapFrame {
  ImVec2 min;
  float side = 1;
  double query = 0;  // at the top edge
  double key = 0;    // at the left edge
  double cells = 1;

  double pixels_a_cell() const { return side / cells; }
  float x(double k) const { return min.x + static_cast<float>((k - key) * pixels_a_cell()); }
  float y(double q) const { return min.y + static_cast<float>((q - query) * pixels_a_cell()); }
  double key_at(float screen_x) const { return key + (screen_x - min.x) / pixels_a_cell(); }
  double query_at(float screen_y) const { return query + (screen_y - min.y) / pixels_a_cell(); }
};

// The whole map of n tokens as a camera with its numbers filled in.
MapCamera whole_map(std::int64_t n);
// A camera with `cells` = 0 filled in, and kept within the map: its middle on it, at least fewest_cells, at most n.
MapCamera within(const MapCamera& camera, std::int64_t n);
MapFrame frame_of(const MapCamera& camera, std::int64_t n, ImVec2 min, float side);
// Closer by `factor` > 1, or farther, with the cell under the mouse staying there.
MapCamera zoomed(const MapCamera& camera, const MapFrame& frame, ImVec2 mouse, double factor, std::int64_t n);
MapCamera panned(const MapCamera& camera, const MapFrame& frame, ImVec2 by, std::int64_t n);
// Share `t` of the way from one camera to another: the size by its logarithm, so that zooming is even to the eye.
MapCamera between(const MapCamera& from, const MapCamera& to, double t);

}  // namespace attnscope
