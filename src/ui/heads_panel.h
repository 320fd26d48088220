// All heads at once, layers across and heads down: as exact thumbnails, or shaded by the weight that each gives to the
// picked pair; below them one head large with its numbers, or the heads that are strongest for the pair.
#pragma once
#include <optional>
#include <unordered_map>
#include <vector>

#include "render/map_painter.h"
#include "render/render_target.h"
#include "render/tile_textures.h"
#include "ui/panel.h"

namespace attnscope {

class HeadsPanel {
 public:
  void draw(const Panel& panel);
  // Whether the panel has the keyboard: arrow keys then step through heads and layers.
  bool focused() const { return focused_; }

 private:
  enum class Shade : std::uint8_t { pictures, pair };
  struct Grid;
  void choose_shade(const Panel& panel);
  Grid grid_for(const Panel& panel, ImVec2 min, ImVec2 max) const;
  void draw_pictures(const Panel& panel, const Grid& grid);
  void draw_shades(const Panel& panel, const Grid& grid);
  void answer_mouse(const Panel& panel, const Grid& grid);
  void draw_axes(const Panel& panel, const Grid& grid);
  void draw_large(const Panel& panel, ImVec2 min, ImVec2 max);
  void draw_strongest(const Panel& panel, ImVec2 min, ImVec2 max);
  bool add_picture(const Panel& panel, std::int64_t layer, std::int64_t head, std::int64_t side, glm::vec4 pixels);
  void show_pictures(const Panel& panel, RenderTarget& target, ImVec2 min, ImVec2 max);

  // The weight of the picked pair in a head.
  struct HeadWeight {
    std::int64_t layer = 0, head = 0;
    float weight = 0;
  };
  std::vector<HeadWeight> pair_weights_;

  std::optional<Shade> asked_;  // by the person; else by the length of the text
  Shade shade_ = Shade::pictures;
  bool focused_ = false;
  RenderTarget grid_target_, large_target_;
  MapPainter painter_;
  TileTextures textures_{128, 1536};
  std::vector<MapQuad> quads_;
  std::vector<glm::vec4> shimmers_;
};

}  // namespace attnscope
