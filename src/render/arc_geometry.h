// The curve of an arc between two tokens: what shaders/ribbon.vert and the density painter draw, for labels, hit tests
// and tests. Colours, widths and light are left to the painters. Coordinates are pixels, y downwards.
#pragma once
#include <glm/vec2.hpp>

namespace attnscope {

// Half an ellipse that stands on the line from the key to the query. A token that attends to itself (query == key) gets
// a closed loop, an ellipse standing on its point.
struct Arc {
  glm::vec2 query;
  glm::vec2 key;
  float height;  // above that line; negative: below it ("is attended by")
};

// t = 0 at the key, 1 at the query; pi * t is the ellipse's angle, so the ends are passed slowly and the middle fast.
glm::vec2 arc_point(const Arc& arc, float t);

// The height of an arc over `distance`, of which `longest` (> 0, same unit) is the largest on screen, in a panel with
// `room` pixels: 0.85 room sqrt(distance / longest). A distance of 0 gets the loop, 0.08 room.
float arc_height(float distance, float longest, float room);

// How far a point is from the nearest one of the arc, in pixels, to within 1/3 pixel for arcs up to 4,000 pixels wide.
float arc_distance(const Arc& arc, glm::vec2 point);

// Half the width of a loop, as a share of its height.
inline constexpr float loop_half_width = 0.3f;

}  // namespace attnscope
