// All heads at once, layers across and heads down: as exact thumbnails, shaded by a number of each head, or by the
// weight that each gives to the picked pair; below them one head large with its numbers, or the strongest for the pair.
#pragma once
#include <optional>
#include <vector>

#include "ui/heads_grid.h"
#include "ui/map_picture.h"
#include "ui/panel.h"
#include "ui/widgets.h"

namespace attnscope {

class HeadsPanel {
 public:
  void draw(const Panel& panel);
  // Whether the panel has the keyboard: arrow keys then step through heads and layers.
  bool focused() const { return focused_; }

 private:
  enum class Shade : std::uint8_t { pictures, metric, pair };
  void draw_header(const Panel& panel);
  void choose_metric(const Panel& panel, Row& row);
  Shade shade_of(const Panel& panel, float picture_cell) const;
  void gather_values(const Panel& panel);
  void draw_pictures(const Panel& panel, const HeadsGrid& grid);
  static void answer_mouse(const Panel& panel, const HeadsGrid& grid);
  void draw_large(const Panel& panel, ImVec2 min, ImVec2 max);
  static void add_picture(const Panel& panel, MapPicture& picture, std::int64_t index, std::int64_t head,
                          std::int64_t side, const glm::vec4& place);

  std::optional<Shade> asked_;  // by the person; else by the length of the text and the size of the cells
  Shade shade_ = Shade::pictures;
  std::size_t metric_ = 0;
  std::vector<HeadValue> values_;  // of what the cells are shaded by
  float most_ = 1;                 // the value of the brightest cell
  bool focused_ = false;
  TileTextures images_{128, 1536};
  MapPicture grid_picture_{images_}, large_picture_{images_};
};

}  // namespace attnscope
