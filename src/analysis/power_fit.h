// The power law behind measured times: t = factor * n^exponent, by least squares of log t against log n.
#pragma once
#include <cstdint>
#include <optional>
#include <span>

namespace attnscope {

struct TimedSize {
  std::int64_t n = 0;
  double seconds = 0;
};

struct PowerFit {
  double exponent = 0;
  double factor = 0;       // seconds at n = 1 by this law
  std::size_t points = 0;  // that it was fitted to

  double seconds(double n) const;
};

// Points with n < 1 or a time that is not above 0 do not count. None where fewer than two different n remain.
std::optional<PowerFit> fit_power(std::span<const TimedSize> points);

// The same of the larger half of the points (by n, the middle one included, at least three where there are as many):
// what a call costs beside its work bends the times of small n upwards, and with them the line.
std::optional<PowerFit> fit_power_of_larger_half(std::span<const TimedSize> points);

}  // namespace attnscope
