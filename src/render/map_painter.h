// Draws images of weights, many in one call: each pixel takes the largest (or the mean) of all texels it covers, so
// that a single strong link stays to be seen from any distance. Masked, zero and not computed yet differ to the eye.
// Where the images come from is left to the panels.
#pragma once
#include <glm/vec3.hpp>
#include <glm/vec4.hpp>
#include <span>

#include "render/ramp.h"
#include "render/render_target.h"
#include "render/tile_textures.h"

namespace attnscope {

// A part of an image and the rectangle of the target that it fills: the pixels whose middle lies in it. None of the
// largest weights is lost at its edges, whole pixels or not. A pixel covers at most 60,000 texels: Mesa's software
// driver ends longer loops.
struct MapQuad {
  int slot = 0;
  int width = 0, height = 0;  // of the image in the slot
  glm::vec4 texels;           // x0, y0, x1, y1 inside the image; may begin and end inside a texel
  glm::vec4 pixels;           // x0, y0, x1, y1 from the target's top left corner
  float alpha = 1;
};

struct MapLook {
  Ramp ramp;                 // begins at the panel colour: a weight of 0 is quiet
  glm::vec3 panel, hatch;    // masked: stripes of hatch on what lies between it and the panel
  float low = 0, high = 1;   // range of the ramp; see ramp_position()
  bool logarithmic = false;  // then low > 0
  bool mean = false;         // the mean of the texels under a pixel, by area; else the largest
  float time = 0;            // seconds, for what shimmers
};

class MapPainter {
 public:
  // Later quads lie over earlier ones.
  void draw(RenderTarget& target, const TileTextures& images, std::span<const MapQuad> quads, const MapLook& look);
  // Rectangles (x0, y0, x1, y1 in pixels) of what is not computed yet.
  void shimmer(RenderTarget& target, std::span<const glm::vec4> rectangles, const MapLook& look);

 private:
  GlObject map_, shimmer_, data_, no_vertices_;
};

}  // namespace attnscope
