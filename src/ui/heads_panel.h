// All heads at once, layers across and heads down: as exact thumbnails, or shaded by the weight that each gives to the
// picked pair; below them one head large with its numbers, or the heads that are strongest for the pair.
#pragma once
#include <optional>
#include <vector>

#include "ui/map_picture.h"
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
  static void answer_mouse(const Panel& panel, const Grid& grid);
  static void draw_axes(const Panel& panel, const Grid& grid);
  void draw_large(const Panel& panel, ImVec2 min, ImVec2 max);
  void draw_strongest(const Panel& panel, ImVec2 min, ImVec2 max);
  static void add_picture(const Panel& panel, MapPicture& picture, std::int64_t index, std::int64_t head,
                          std::int64_t side, const glm::vec4& place);

  // The weight of the picked pair in a head.
  struct HeadWeight {
    std::int64_t layer = 0, head = 0;
    float weight = 0;
  };
  std::vector<HeadWeight> pair_weights_;

  std::optional<Shade> asked_;  // by the person; else by the length of the text
  Shade shade_ = Shade::pictures;
  bool focused_ = false;
  TileTextures images_{128, 1536};
  MapPicture grid_picture_{images_}, large_picture_{images_};
};

}  // namespace attnscope
