#include "ui/map_camera.h"

#include <algorithm>
#include <cmath>

namespace attnscope {

MapCamera whole_map(std::int64_t n) {
  const auto cells = static_cast<double>(std::max<std::int64_t>(1, n));
  return {cells / 2, cells / 2, cells};
}

MapCamera within(const MapCamera& camera, std::int64_t n) {
  const MapCamera whole = whole_map(n);
  if (camera.cells <= 0) return whole;
  MapCamera kept = camera;
  kept.cells = std::clamp(kept.cells, std::min(fewest_cells, whole.cells), whole.cells);
  // The edge of the map stays at the edge of the square.
  kept.query = std::clamp(kept.query, kept.cells / 2, whole.cells - kept.cells / 2);
  kept.key = std::clamp(kept.key, kept.cells / 2, whole.cells - kept.cells / 2);
  return kept;
}

MapFrame frame_of(const MapCamera& camera, std::int64_t n, ImVec2 min, float side) {
  const MapCamera kept = within(camera, n);
  return {min, side, kept.query - kept.cells / 2, kept.key - kept.cells / 2, kept.cells};
}

MapCamera zoomed(const MapCamera& camera, const MapFrame& frame, ImVec2 mouse, double factor, std::int64_t n) {
  MapCamera kept = within(camera, n);
  const double cells = std::clamp(kept.cells / factor, std::min(fewest_cells, whole_map(n).cells), whole_map(n).cells);
  const double shrink = cells / kept.cells;
  const double q = frame.query_at(mouse.y);
  const double k = frame.key_at(mouse.x);
  kept.query = q + (kept.query - q) * shrink;
  kept.key = k + (kept.key - k) * shrink;
  kept.cells = cells;
  return within(kept, n);
}

MapCamera panned(const MapCamera& camera, const MapFrame& frame, ImVec2 by, std::int64_t n) {
  MapCamera kept = within(camera, n);
  kept.query -= by.y / frame.pixels_a_cell();
  kept.key -= by.x / frame.pixels_a_cell();
  return within(kept, n);
}

MapCamera between(const MapCamera& from, const MapCamera& to, double t) {
  if (t >= 1) return to;
  // The middle goes as the size does: what stays in place from end to end then stays in place all the way.
  const double cells = std::exp(std::lerp(std::log(from.cells), std::log(to.cells), t));
  const double share = from.cells == to.cells ? t : (cells - from.cells) / (to.cells - from.cells);
  return {std::lerp(from.query, to.query, share), std::lerp(from.key, to.key, share), cells};
}

}  // namespace attnscope
