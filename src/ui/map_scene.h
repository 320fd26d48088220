// What the map's panel shows in one frame, and the parts that it draws over the picture and at its edges. Answers to
// the mouse and the picture itself are the panel's.
#pragma once
#include <imgui.h>

#include <cstdint>
#include <optional>
#include <utility>

#include "session/document.h"
#include "ui/map_camera.h"
#include "ui/panel.h"

namespace attnscope {

inline constexpr float grid_cells = 8;  // design pixels a cell from which cells are told apart by gaps

struct MapScene {
  const Panel& panel;
  const Document& document;
  MapFrame map;
  ImDrawList& list;
  float low = 0, high = 0;  // weights at the ends of the ramp
  float cell = 0;           // design pixels
  std::int64_t n = 0;
  bool slanted = false;  // words below do not fit their cells: they stand aslant
  // Cells on screen, half open.
  std::int64_t q0 = 0, q1 = 0, k0 = 0, k1 = 0;
};
using MapCell = std::pair<std::int64_t, std::int64_t>;  // query, key

// Over the picture (map_cells.cpp). Gaps between cells, and their weights as numbers, where cells are large enough.
void draw_gaps(const MapScene& scene);
void draw_numbers(const MapScene& scene);
// The picked token's row (or column) framed, and the picked pair marked in it.
void draw_picked(const MapScene& scene);

// Whether some word of the keys [k0, k1) is wider than a cell of `cell` screen pixels.
bool words_need_slant(const Panel& panel, const Document& document, std::int64_t k0, std::int64_t k1, float cell);
// Design pixels that words below take.
constexpr float room_for_words(bool slanted) { return slanted ? 56 : 30; }

// At the edges (map_axes.cpp). Words at the left and below; the hovered cell's stand out.
void draw_axis_words(const MapScene& scene, const std::optional<MapCell>& hovered);
// Token numbers above and at the left, at round steps.
void draw_ruler(const MapScene& scene);
// Above the map what the whole text attends to (column mass, by its square root), at its left how spread each row is
// (entropy). A bar a pixel: the largest of the tokens under it.
void draw_profiles(const MapScene& scene);
// The ramp with its weights, from `x` on, down to `bottom`.
void draw_legend(const MapScene& scene, float x, float bottom);

}  // namespace attnscope
