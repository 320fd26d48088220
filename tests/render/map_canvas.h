// One image of weights drawn into a picture, and what each of its pixels should be by the plain definition.
#pragma once
#include <glm/vec3.hpp>
#include <span>
#include <vector>

#include "canvas.h"
#include "render/map_painter.h"

namespace attnscope {

struct WeightPicture {
  int width, height;
  std::vector<float> weights;  // row by row

  WeightPicture(int columns, int rows, float weight)
      : width(columns),
        height(rows),
        weights(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows), weight) {}
  float& at(int x, int y) { return weights.at(place(x, y)); }
  float at(int x, int y) const { return weights.at(place(x, y)); }
  glm::vec4 all() const { return {0, 0, static_cast<float>(width), static_cast<float>(height)}; }

 private:
  std::size_t place(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
  }
};

// A ramp whose red channel is the weight itself.
inline MapLook grey_look() {
  MapLook look;
  for (std::size_t i = 0; i < look.ramp.size(); ++i) look.ramp.at(i) = glm::vec3(static_cast<float>(i) / 4);
  look.panel = {0, 0, 0};
  look.hatch = {0, 0, 1};
  return look;
}

class MapCanvas : public Canvas {
 public:
  using Canvas::Canvas;
  Image draw(const WeightPicture& picture, glm::vec4 texels, glm::vec4 pixels, const MapLook& look, float alpha = 1) {
    textures_.put(0, picture.width, picture.height, picture.weights);
    const MapQuad quad{textures_.find(0)->index, picture.width, picture.height, texels, pixels, alpha};
    painter.draw(target, textures_, std::span(&quad, 1), look);
    return take();
  }
  MapPainter painter;

 private:
  TileTextures textures_{256, 4};
};

}  // namespace attnscope
