#include <algorithm>
#include <cmath>
#include <string>

#include "ui/map_scene.h"
#include "ui/widgets.h"

namespace attnscope {
namespace {

constexpr float number_cells = 20;      // design pixels a cell from which strong cells show their number
constexpr float all_number_cells = 44;  // and all of them
constexpr float strong_cell = 0.1F;

}  // namespace

void draw_gaps(const MapScene& scene) {
  if (scene.cell < grid_cells) return;
  const ImU32 color = packed(with_alpha(scene.panel.colors.panel, scene.cell < 2 * grid_cells ? 0.6F : 1.0F));
  const MapFrame& map = scene.map;
  for (std::int64_t k = scene.k0; k <= scene.k1; ++k) {
    scene.list.AddLine({map.x(static_cast<double>(k)), map.min.y},
                       {map.x(static_cast<double>(k)), map.min.y + map.side}, color);
  }
  for (std::int64_t q = scene.q0; q <= scene.q1; ++q) {
    scene.list.AddLine({map.min.x, map.y(static_cast<double>(q))},
                       {map.min.x + map.side, map.y(static_cast<double>(q))}, color);
  }
}

void draw_numbers(const MapScene& scene) {
  if (scene.cell < number_cells) return;
  const Panel& panel = scene.panel;
  const auto layer = panel.workspace.layer();
  if (layer == nullptr) return;
  const bool log = panel.view().scale == WeightScale::logarithmic;
  const float em = std::clamp(scene.cell * 0.38F, 8.5F, 13.0F);
  for (std::int64_t q = scene.q0; q < scene.q1; ++q) {
    const auto tile_of = [](std::int64_t cell) { return cell / TileRequest::side; };
    for (std::int64_t k = scene.k0; k < scene.k1; ++k) {
      const TileRequest request{panel.workspace.head_ref(), panel.view().pool, 0, tile_of(q), tile_of(k)};
      const auto tile = panel.workspace.engine().find(request);
      if (tile == nullptr) continue;
      const std::int64_t at = (q - request.y * TileRequest::side) * tile->width + (k - request.x * TileRequest::side);
      const float weight = tile->pixels[static_cast<std::size_t>(at)];
      if (!(weight >= (scene.cell < all_number_cells ? strong_cell : 0.005F))) continue;
      const glm::vec3 back = ramp_color(panel.colors.ramp, ramp_position(weight, scene.low, scene.high, log));
      const std::string label = weight >= 0.995F ? "1" : weight_label(weight);
      const ImVec2 size = text_size(panel, label, Face::mono, em);
      const double half = 0.5;
      const ImVec2 corner(scene.map.x(static_cast<double>(k) + half) - size.x / 2,
                          scene.map.y(static_cast<double>(q) + half) - size.y / 2);
      draw_text(panel, scene.list, corner, label, readable_on({back.x, back.y, back.z, 1}), Face::mono, em);
      if (panel.probe.on()) {
        panel.probe.mark("number " + std::to_string(q) + " " + std::to_string(k), corner,
                         {corner.x + size.x, corner.y + size.y});
      }
    }
  }
}

void draw_picked(const MapScene& scene) {
  const Panel& panel = scene.panel;
  const auto focus = panel.workspace.focus_token();
  if (!focus) return;
  const bool to = panel.view().direction == Direction::attends_to;
  const ImU32 color = packed(direction_color(panel.colors, panel.view().direction));
  const MapFrame& map = scene.map;
  const auto place = static_cast<double>(scene.document.place(*focus));
  const float end_x = map.min.x + map.side;
  const float end_y = map.min.y + map.side;
  if (scene.cell >= grid_cells) {
    // On whole pixels, so that the frame is crisp.
    const float from = std::floor(to ? map.y(place) : map.x(place));
    const float until = std::floor(to ? map.y(place + 1) : map.x(place + 1));
    if (to)
      scene.list.AddRect({map.min.x, from}, {end_x, until}, color, 0, 0, panel.px(1.5F));
    else
      scene.list.AddRect({from, map.min.y}, {until, end_y}, color, 0, 0, panel.px(1.5F));
  } else {
    const float middle = to ? map.y(place + 0.5) : map.x(place + 0.5);
    if (to)
      scene.list.AddLine({map.min.x, middle}, {end_x, middle}, color, panel.px(1));
    else
      scene.list.AddLine({middle, map.min.y}, {middle, end_y}, color, panel.px(1));
  }
  const auto pair = panel.workspace.pair();
  if (!pair) return;
  const auto [query, key] = *pair;
  const ImVec2 at(map.x(static_cast<double>(key) + 0.5), map.y(static_cast<double>(query) + 0.5));
  if (scene.cell >= grid_cells) {
    if (!panel.view().other) return;
    scene.list.AddRect({map.x(static_cast<double>(key)), map.y(static_cast<double>(query))},
                       {map.x(static_cast<double>(key) + 1), map.y(static_cast<double>(query) + 1)},
                       packed(panel.colors.text), 0, 0, panel.px(1.5F));
    return;
  }
  const ImVec4 faint = with_alpha(direction_color(panel.colors, panel.view().direction), 0.4F);
  if (to)
    scene.list.AddLine({at.x, map.min.y}, at, packed(faint), panel.px(1));
  else
    scene.list.AddLine({map.min.x, at.y}, at, packed(faint), panel.px(1));
  scene.list.AddCircleFilled(at, panel.px(4), color);
}

}  // namespace attnscope
