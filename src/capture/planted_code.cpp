#include "capture/planted_code.h"

#include <cmath>
#include <numbers>

#include "capture/hash.h"

namespace attnscope {
namespace {

// The seeds were searched for: of some thousands those with the lowest largest r(delta) over all delta < 2^24, found by
// computing every one of them.
constexpr std::uint64_t distinct_seed = 1436;
constexpr std::uint64_t smooth_seed = 33;
constexpr std::uint64_t places_of_a_seed = 64;

}  // namespace

PlantedCode PlantedCode::distinct() {
  PlantedCode code;
  std::uint64_t place = distinct_seed * places_of_a_seed;
  for (double& w : code.w_) w = std::numbers::pi * hashed_unit(place++);
  return code;
}

PlantedCode PlantedCode::smooth() {
  PlantedCode code;
  std::uint64_t place = smooth_seed * places_of_a_seed;
  for (double& w : code.w_) {  // normal numbers by Box and Muller 1958
    const double radius = std::sqrt(-2 * std::log(hashed_unit(place)));
    w = radius * std::cos(2 * std::numbers::pi * hashed_unit(place + (std::uint64_t{1} << 32U))) / 128;
    ++place;
  }
  return code;
}

void PlantedCode::write(std::int64_t x, float* out) const {
  for (const double w : w_) {
    const double angle = w * static_cast<double>(x);  // below 2^26, so exact to 1e-8
    *out++ = static_cast<float>(std::cos(angle));
    *out++ = static_cast<float>(std::sin(angle));
  }
}

double PlantedCode::similarity(std::int64_t delta) const {
  double sum = 0;
  for (const double w : w_) sum += std::cos(w * static_cast<double>(delta));
  return sum / static_cast<double>(frequencies);
}

}  // namespace attnscope
