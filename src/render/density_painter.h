// Everyone's arcs as a picture of density: each arc adds its weight along its curve, in whole numbers, so that the
// picture does not depend on their order; sums become brightness when it is drawn. Summed only when arcs or size
// change.
#pragma once
#include <glm/vec3.hpp>
#include <span>

#include "render/render_target.h"

namespace attnscope {

struct DensityArc {
  float query_x = 0, key_x = 0;  // pixels of the picture
  float weight = 0;              // 0 to 1
};

struct DensityLook {
  glm::vec3 color;
  float most = 0.8F;  // alpha where it is brightest
};

class DensityPainter {
 public:
  // Sums the arcs, at most 2^20, over width x height pixels, both at least 1. They stand on the line y = base with
  // `room` pixels for the longest (an arc across the whole width), or hang from it where `down`. Ends may lie outside
  // the picture. Weights above 1 count 1; not above 0 or not a number: nothing.
  void accumulate(std::span<const DensityArc> arcs, int width, int height, float base, float room, bool down);
  // Lays what was summed last over the target, which has its size. Nothing where nothing was summed.
  void draw(RenderTarget& target, const DensityLook& look);

 private:
  float exposure() const;
  void expose();

  GlObject splat_, expose_, show_, arcs_, sums_, no_vertices_;
  RenderTarget brightness_{GL_R16};  // the picture, without its colour
  bool any_ = false;
};

}  // namespace attnscope
