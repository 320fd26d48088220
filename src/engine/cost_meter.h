// Measures, while the window is open and nobody needs the machine, how long our forward takes against n: one head, one
// thread, processor time. The chart of cost draws what is here, point by point, as it comes in.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "attention/ops.h"

namespace attnscope {

struct CostPoint {
  std::int64_t n = 0;
  double seconds = 0;  // processor time of one forward: the smallest of the runs
  int runs = 0;
};

struct CostSeries {
  std::string name;               // "full", "window 1k"
  std::vector<CostPoint> points;  // ascending n
};

class CostMeter {
 public:
  // Lengths double from 128 as long as a run is expected to take less than `longest_run` seconds. Series: full
  // attention (no mask) and a causal window of 1,024 keys. `backend` must outlive the meter; `wake` is called after
  // each point.
  CostMeter(Backend& backend, std::int64_t head_dim, double longest_run, std::function<void()> wake);
  ~CostMeter();
  CostMeter(const CostMeter&) = delete;
  CostMeter& operator=(const CostMeter&) = delete;

  // Measures only while this holds; a run that is under way when it ends is thrown away. False at first.
  void set_allowed(bool allowed);
  // What has been measured so far.
  std::vector<CostSeries> series() const;
  // The n that is being measured, 0: none (waiting, or all is measured).
  std::int64_t measuring() const;
  bool finished() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace attnscope
