// The picture of the map: asks for the tiles that are on screen, and draws for each the best that is there: itself, a
// coarser one, the estimate of the whole, or a shimmer.
#pragma once
#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "render/map_painter.h"
#include "render/render_target.h"
#include "render/tile_textures.h"
#include "ui/map_camera.h"
#include "ui/panel.h"

namespace attnscope {

class MapTiles {
 public:
  struct Shown {
    bool complete = true;   // every tile on screen is exact and of the right size
    bool estimate = false;  // somewhere only the estimate is to be seen
  };
  // Draws `frame` of the picked head into the current window. `low` and `high`: the range of the colours.
  Shown draw(const Panel& panel, const MapFrame& frame, float low, float high);

  // The tile level at which a screen pixel of `frame` covers one to two texels.
  static std::int64_t level_for(const MapFrame& frame, float pixels);

 private:
  struct Sight;
  bool draw_tile(const Panel& panel, const Sight& sight, const TileRequest& request, Shown& shown);
  bool upload(std::uint64_t key, const WeightImage& image);
  void add_quad(const Sight& sight, std::uint64_t key, double q0, double k0, double cells_a_texel_q,
                double cells_a_texel_k, double from_q, double from_k, double to_q, double to_k, float alpha);

  RenderTarget target_;
  MapPainter painter_;
  TileTextures textures_{static_cast<int>(TileRequest::side), 96};
  std::vector<MapQuad> quads_;
  std::vector<glm::vec4> shimmers_;
  std::unordered_map<std::uint64_t, double> arrived_;  // when a tile was first drawn, of the clock
};

}  // namespace attnscope
