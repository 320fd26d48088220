// Vectors that recognise a whole number: what synthetic queries and keys are made of.
//
//   c(x) = (cos(w_1 x), sin(w_1 x), ..., cos(w_31 x), sin(w_31 x)),   dot(c(x), c(y)) = 31 r(x - y),
//   r(delta) = 1/31 sum over m of cos(w_m delta)
//
// The dot product depends on x - y alone (as with rotary position embedding), so what holds for the 2^24 values of
// delta holds for all 2^48 pairs, which hashed random vectors could not promise in 62 dimensions.
#pragma once
#include <array>
#include <cstdint>

namespace attnscope {

class PlantedCode {
 public:
  static constexpr std::int64_t frequencies = 31;
  static constexpr std::int64_t dims = 2 * frequencies;

  // Tells every number from every other: w uniform in (0, pi), r(delta) <= 0.592 for 1 <= |delta| < 2^24.
  static PlantedCode distinct();
  // Falls off smoothly: w normal with deviation 1/128, so r(delta) is near exp(-(delta / 128)^2 / 2) for small delta
  // (random Fourier features; Rahimi and Recht 2007) and <= 0.569 for 400 <= |delta| < 2^24.
  static PlantedCode smooth();

  // c(x) into dims floats.
  void write(std::int64_t x, float* out) const;
  double similarity(std::int64_t delta) const;  // r(delta)

 private:
  std::array<double, frequencies> w_ = {};
};

}  // namespace attnscope
