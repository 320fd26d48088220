// How a weight becomes a colour, for legends, numbers in cells and tests: the same formulas as shaders/map.frag. Which
// range is shown is left to the panels.
#pragma once
#include <array>
#include <glm/vec3.hpp>

namespace attnscope {

// Five colours at 0, 1/4, 1/2, 3/4 and 1, as sRGB values in [0, 1]; the first is the panel's, so that zero is quiet.
using Ramp = std::array<glm::vec3, 5>;

// Between two stops the sRGB values themselves are mixed. t below 0, above 1 or not a number: the nearest end, the
// start.
glm::vec3 ramp_color(const Ramp& ramp, float t);

// Where a weight lies between low and high (low < high; both > 0 if logarithmic), in [0, 1]:
// (w - low) / (high - low), or (log w - log low) / (log high - log low), cut at both ends; w <= 0 on a log scale gives
// 0.
float ramp_position(float weight, float low, float high, bool logarithmic);

}  // namespace attnscope
