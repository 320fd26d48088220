#include "analysis/power_fit.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace attnscope {
namespace {

struct LogPoint {
  double x = 0;
  double y = 0;
};

// Of the points that count, by n.
std::vector<LogPoint> log_points(std::span<const TimedSize> points) {
  std::vector<LogPoint> logs;
  for (const TimedSize& point : points) {
    if (point.n < 1 || !(point.seconds > 0)) continue;
    logs.push_back({std::log(static_cast<double>(point.n)), std::log(point.seconds)});
  }
  std::sort(logs.begin(), logs.end(), [](const LogPoint& a, const LogPoint& b) { return a.x < b.x; });
  return logs;
}

std::optional<PowerFit> fit_line(std::span<const LogPoint> points) {
  if (points.empty() || points.front().x == points.back().x) return std::nullopt;
  const auto count = static_cast<double>(points.size());
  LogPoint mean;
  for (const LogPoint& point : points) {
    mean.x += point.x / count;
    mean.y += point.y / count;
  }
  double covariance = 0;
  double variance = 0;
  for (const LogPoint& point : points) {
    covariance += (point.x - mean.x) * (point.y - mean.y);
    variance += (point.x - mean.x) * (point.x - mean.x);
  }
  const double exponent = covariance / variance;
  return PowerFit{exponent, std::exp(mean.y - exponent * mean.x), points.size()};
}

}  // namespace

double PowerFit::seconds(double n) const { return factor * std::pow(n, exponent); }

std::optional<PowerFit> fit_power(std::span<const TimedSize> points) { return fit_line(log_points(points)); }

std::optional<PowerFit> fit_power_of_larger_half(std::span<const TimedSize> points) {
  const std::vector<LogPoint> logs = log_points(points);
  constexpr std::size_t fewest = 3;
  const std::size_t kept = std::min(logs.size(), std::max(fewest, (logs.size() + 1) / 2));
  return fit_line(std::span(logs).last(kept));
}

}  // namespace attnscope
