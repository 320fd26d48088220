#include "render/arc_geometry.h"

#include <algorithm>
#include <cmath>
#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <limits>
#include <numbers>

namespace attnscope {

glm::vec2 arc_point(const Arc& arc, float t) {
  const float angle = std::numbers::pi_v<float> * t;
  if (arc.query == arc.key) {
    const float rise = 0.5f * (1.0f - std::cos(2.0f * angle));
    return arc.key + arc.height * glm::vec2(loop_half_width * std::sin(2.0f * angle), -rise);
  }
  const float along = 0.5f * (1.0f - std::cos(angle));
  return glm::mix(arc.key, arc.query, along) - glm::vec2(0.0f, arc.height * std::sin(angle));
}

float arc_height(float distance, float longest, float room) {
  if (!(distance > 0.0f)) return 0.08f * room;
  return 0.85f * room * std::sqrt(std::min(1.0f, distance / longest));
}

float arc_distance(const Arc& arc, glm::vec2 point) {
  constexpr int pieces = 128;
  float nearest = std::numeric_limits<float>::max();
  glm::vec2 from = arc_point(arc, 0.0f);
  for (int piece = 1; piece <= pieces; ++piece) {
    const glm::vec2 to = arc_point(arc, static_cast<float>(piece) / pieces);
    const glm::vec2 step = to - from;
    const float length_squared = std::max(glm::dot(step, step), std::numeric_limits<float>::min());
    const float along = glm::clamp(glm::dot(point - from, step) / length_squared, 0.0f, 1.0f);
    nearest = std::min(nearest, glm::distance(point, from + along * step));
    from = to;
  }
  return nearest;
}

}  // namespace attnscope
