// The picture of the map: asks for the tiles that are on screen, and draws for each the best that is there: itself, a
// coarser one, the estimate of the whole, or a shimmer.
#pragma once
#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "ui/map_camera.h"
#include "ui/map_picture.h"
#include "ui/panel.h"

namespace attnscope {

class MapTiles {
 public:
  struct Shown {
    bool complete = true;   // every tile on screen is exact and of the right size
    bool estimate = false;  // somewhere only the estimate is to be seen
  };
  // Draws `frame` of the picked head into the current window.
  Shown draw(const Panel& panel, const MapFrame& frame);

  // The tile level at which a screen pixel of `frame` covers one to two texels.
  static std::int64_t level_for(const MapFrame& frame, float pixels);

 private:
  struct Sight;
  bool draw_tile(const Panel& panel, const Sight& sight, const TileRequest& request, Shown& shown);
  bool draw_coarser(const Panel& panel, const Sight& sight, const TileRequest& request, const glm::vec4& cells,
                    Shown& shown);
  void add(const Sight& sight, std::uint64_t key, const glm::vec2& origin, const glm::vec2& texel,
           const glm::vec4& cells, float alpha);

  TileTextures images_{static_cast<int>(TileRequest::side), 96};
  MapPicture picture_{images_};
  std::unordered_map<std::uint64_t, double> arrived_;  // when a tile was first drawn, of the clock
};

}  // namespace attnscope
