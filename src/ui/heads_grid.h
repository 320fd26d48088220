// All heads as a grid of cells, layers across and heads down: where each stands, its numbers at the edges, its shade.
#pragma once
#include <imgui.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "ui/panel.h"

namespace attnscope {

// A number of a head.
struct HeadValue {
  std::int64_t layer = 0, head = 0;
  float value = 0;  // NaN: this head has none
};

struct HeadsGrid {
  ImVec2 min;
  float cell = 0;  // screen pixels, with its gap
  float gap = 1;
  std::int64_t layers, heads = 0;

  // As large as fits between `from` and `to`, the numbers at its edges included; a cell at most `most_cell` pixels.
  HeadsGrid(const Panel& panel, ImVec2 from, ImVec2 to, float most_cell);

  ImVec2 at(std::int64_t layer, std::int64_t head) const {
    return {min.x + static_cast<float>(layer) * cell, min.y + static_cast<float>(head) * cell};
  }
  float width() const { return static_cast<float>(layers) * cell; }
  float height() const { return static_cast<float>(heads) * cell; }
  // The head under a point of the screen.
  std::optional<std::pair<std::int64_t, std::int64_t>> head_at(const Document& document, ImVec2 point) const;
};

// Numbers of layers above and of heads at the left; the hovered and the picked head framed.
void draw_heads_axes(const Panel& panel, const HeadsGrid& grid);
// Each cell by its value, from 0, quiet, to `most`.
void draw_heads_shades(const Panel& panel, const HeadsGrid& grid, std::span<const HeadValue> values, float most);

// "13.8"
std::string head_label(std::int64_t layer, std::int64_t head);

}  // namespace attnscope
