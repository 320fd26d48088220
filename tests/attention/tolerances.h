// How far a backend may be from the truth, stated once; and what counts the distance.
//
// With S a bound on |s| of the head (score_bound) and e = 1e-6 (1 + S), the error of a float32 score:
//   lse                          |error| <= e
//   P and what is made of it     |error| <= e * truth: rows, columns, map, top_k, column_mass, distance, self, ...
//   entropy                      |error| <= e * (1 + truth)
//   o                            RMS <= 1e-6 and max <= 5e-6 times max|v|; times S / 32 and S / 16 where S is above 32
//                                and 16, since an error of e in the scores moves o by as much
//                                where P is rounded before it meets v, to f16, bf16 or two bf16: 2^-10, 2^-7 or 2^-18
//                                times max|v| more
// Weights below 1e-37 may be 0: float32 has no normal numbers there. A sum of n of them may be n times as far off.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/dtype.h"

namespace attnscope::test {

struct Tolerance {
  double relative;  // of P; absolute of lse
  double o_rms;     // of max|v|
  double o_max;

  // `unit` is 1e-6, less where something better than float32 arithmetic is held to more.
  explicit Tolerance(double score_bound, double unit = 1e-6)
      : relative(unit * (1 + score_bound)),
        o_rms(unit * std::max(1.0, score_bound / 32)),
        o_max(5 * unit * std::max(1.0, score_bound / 16)) {}
  // For the backend of that name: GPU kernels round P to the type of v, as their matrix units take it; AMX rounds it to
  // 16 bits where v has 8.
  Tolerance of_backend(std::string_view name, DType dtype) const {
    Tolerance wider = *this;
    double rounding = 0;
    if (name.starts_with("emulation") || name.starts_with("cuda")) rounding = dtype == DType::f16 ? 0x1p-10 : 0x1p-7;
    if (name == "cpu amx" && dtype == DType::bf16) rounding = 0x1p-18;
    if (dtype == DType::f32) return wider;
    wider.o_rms += rounding / 4;
    wider.o_max += rounding;
    return wider;
  }
  static constexpr double smallest_weight = 1e-37;
};

// The errors of many numbers against the truth, each in a unit and with a limit of its own.
class Errors {
 public:
  // |got - truth| / unit is the error; it must not exceed `limit`. NaN equals NaN, infinities equal themselves.
  // Returns whether it is within the limit.
  bool add(double got, double truth, double unit, double limit) {
    double error = std::abs(got - truth) / unit;
    if (got == truth || (std::isnan(got) && std::isnan(truth))) error = 0;
    squares_ += error * error;
    ++count_;
    largest_ = std::max(largest_, error);
    if (!(error <= limit)) return false;  // NaN too
    nearest_ = std::max(nearest_, error / limit);
    return true;
  }
  // A weight or a sum of `terms` weights: relative, but for what float32 cannot hold.
  bool add_weight(double got, double truth, double relative, std::int64_t terms = 1) {
    if (std::abs(got - truth) <= Tolerance::smallest_weight * static_cast<double>(terms))
      return add(truth, truth, 1, relative);
    return add(got, truth, std::abs(truth), relative);
  }
  void merge(const Errors& other) {
    squares_ += other.squares_;
    count_ += other.count_;
    largest_ = std::max(largest_, other.largest_);
    nearest_ = std::max(nearest_, other.nearest_);
  }

  double rms() const { return count_ == 0 ? 0 : std::sqrt(squares_ / static_cast<double>(count_)); }
  double largest() const { return largest_; }
  double nearest() const { return nearest_; }  // the largest share of its limit that an error took
  std::int64_t count() const { return count_; }

 private:
  double squares_ = 0;
  double largest_ = 0;
  double nearest_ = 0;
  std::int64_t count_ = 0;
};

}  // namespace attnscope::test
