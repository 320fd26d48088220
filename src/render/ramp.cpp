#include "render/ramp.h"

#include <algorithm>
#include <cmath>
#include <glm/common.hpp>

namespace attnscope {
namespace {

float cut(float t) { return t > 0.0f ? std::min(t, 1.0f) : 0.0f; }  // not a number: 0

}  // namespace

glm::vec3 ramp_color(const Ramp& ramp, float t) {
  const float place = cut(t) * static_cast<float>(ramp.size() - 1);
  const size_t stop = std::min(static_cast<size_t>(place), ramp.size() - 2);
  return glm::mix(ramp.at(stop), ramp.at(stop + 1), place - static_cast<float>(stop));
}

float ramp_position(float weight, float low, float high, bool logarithmic) {
  if (!logarithmic) return cut((weight - low) / (high - low));
  return weight > 0.0f ? cut(std::log(weight / low) / std::log(high / low)) : 0.0f;
}

}  // namespace attnscope
