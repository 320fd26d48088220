#include "ui/heads_grid.h"

#include <algorithm>
#include <cmath>

#include "ui/map_picture.h"
#include "ui/widgets.h"

namespace attnscope {
namespace {

constexpr float axis_width = 22;
constexpr float axis_height = 18;
constexpr float whole_cells = 10;  // pixels from which cells are whole, so that all look alike

}  // namespace

HeadsGrid::HeadsGrid(const Panel& panel, ImVec2 from, ImVec2 to, float most_cell)
    : min{std::floor(from.x + panel.px(axis_width)), std::floor(from.y + panel.px(axis_height))},
      layers(std::ssize(panel.document()->info().layers)) {
  for (const LayerSpec& layer : panel.document()->info().layers) heads = std::max(heads, layer.heads);
  const auto share = [](float room, std::int64_t count) {
    return room / static_cast<float>(std::max<std::int64_t>(1, count));
  };
  cell = std::min({share(to.x - from.x - panel.px(axis_width), layers),
                   share(to.y - from.y - panel.px(axis_height), heads), most_cell});
  cell = std::max(2.0F, cell >= whole_cells ? std::floor(cell) : cell);
  if (cell >= panel.px(40)) gap = panel.px(4);
}

std::optional<std::pair<std::int64_t, std::int64_t>> HeadsGrid::head_at(const Document& document, ImVec2 point) const {
  const auto layer = static_cast<std::int64_t>(std::floor((point.x - min.x) / cell));
  const auto head = static_cast<std::int64_t>(std::floor((point.y - min.y) / cell));
  if (layer < 0 || layer >= layers || head < 0) return std::nullopt;
  if (head >= document.info().layers[static_cast<std::size_t>(layer)].heads) return std::nullopt;
  return std::pair{layer, head};
}

void draw_heads_axes(const Panel& panel, const HeadsGrid& grid) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const auto step = [&](std::int64_t count) {
    return grid.cell >= panel.px(20) || count <= 4 ? 1 : grid.cell >= panel.px(9) ? 2 : 5;
  };
  const std::int64_t across = grid.layers > 12 ? 5 : step(grid.layers);
  for (std::int64_t l = 0; l < grid.layers; l += across) {
    const std::string number = std::to_string(l);
    const float x = grid.at(l, 0).x + (grid.cell - text_size(panel, number, Face::mono, 10.5F).x) / 2;
    draw_text(panel, list, {x, grid.min.y - panel.px(17)}, number, panel.colors.faint, Face::mono, 10.5F);
  }
  for (std::int64_t h = 0; h < grid.heads; h += step(grid.heads)) {
    const std::string number = std::to_string(h);
    const ImVec2 size = text_size(panel, number, Face::mono, 10.5F);
    draw_text(panel, list, {grid.min.x - panel.px(6) - size.x, grid.at(0, h).y + (grid.cell - grid.gap - size.y) / 2},
              number, panel.colors.faint, Face::mono, 10.5F);
  }
  const auto frame = [&](std::int64_t layer, std::int64_t head, const ImVec4& color, float thick) {
    const ImVec2 at = grid.at(layer, head);
    const float out = panel.px(1);
    list.AddRect({at.x - out, at.y - out}, {at.x + grid.cell - grid.gap + out, at.y + grid.cell - grid.gap + out},
                 packed(color), 0, 0, panel.px(thick));
  };
  const auto& hovered = panel.workspace.transient().hover_head;
  if (hovered) frame(hovered->first, hovered->second, panel.colors.dim, 1);
  frame(panel.view().layer, panel.view().head, panel.colors.text, 1.5F);
}

void draw_heads_shades(const Panel& panel, const HeadsGrid& grid, std::span<const HeadValue> values, float most) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const auto fill = [&](std::int64_t layer, std::int64_t head, const ImVec4& color) {
    const ImVec2 at = grid.at(layer, head);
    list.AddRectFilled(at, {at.x + grid.cell - grid.gap, at.y + grid.cell - grid.gap}, packed(color));
  };
  const ImVec4 quiet = mix(panel.colors.panel, panel.colors.raised, 0.6F);
  for (std::int64_t l = 0; l < grid.layers; ++l) {
    for (std::int64_t h = 0; h < grid.heads; ++h) fill(l, h, quiet);
  }
  for (const HeadValue& head : values) {
    if (!(head.value > 0) || most <= 0) continue;
    const glm::vec3 color = ramp_color(panel.colors.ramp, std::min(1.0F, head.value / most));
    // The weakest fade into the quiet cells, so that a few strong ones stand out of many.
    fill(head.layer, head.head, mix(quiet, {color.x, color.y, color.z, 1}, std::min(1.0F, 12 * head.value / most)));
  }
}

std::string head_label(std::int64_t layer, std::int64_t head) {
  return std::to_string(layer) + "." + std::to_string(head);
}

}  // namespace attnscope
