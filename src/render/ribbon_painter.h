// Draws a few arcs as antialiased ribbons with lights that run on them from the key to the query, the way information
// flows. Which arcs, and how wide and bright, is left to the panels; their curve is arc_geometry.h's.
#pragma once
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>
#include <glm/vec4.hpp>
#include <span>

#include "render/render_target.h"

namespace attnscope {

struct Ribbon {
  glm::vec2 query, key;  // pixels of the target
  float height = 0;      // see Arc
  float width = 1;       // pixels; below 1 it is drawn fainter
  glm::vec4 color;       // straight alpha
  float light = 0;       // strength of its lights, to 1; 0: none run on it
};

inline constexpr float light_passage = 1.2F;  // seconds from key to query
inline constexpr float light_passages = 3;    // before they rest

// Whether lights move at `clock` seconds after they set out.
constexpr bool lights_running(float clock) { return clock >= 0 && clock < light_passage * light_passages; }

class RibbonPainter {
 public:
  // Later ribbons lie over earlier ones, lights over all. `clock`: seconds since the lights set out.
  void draw(RenderTarget& target, std::span<const Ribbon> ribbons, float clock, glm::vec3 light_color);

 private:
  GlObject ribbons_, lights_, data_, no_vertices_;
};

}  // namespace attnscope
