// Memory for an op to write to that tells whether it wrote outside, or left something out.
#pragma once
#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace attnscope::test {

template <typename T>
class Guarded {
 public:
  // `count` values, each `untouched` until the op writes it.
  Guarded(std::size_t count, T untouched) : untouched_(untouched), memory_(count + 2 * margin, untouched) {}

  std::span<T> values() { return std::span<T>(memory_).subspan(margin, memory_.size() - 2 * margin); }

  bool margins_intact() const {
    const auto intact = [this](const T& value) { return value == untouched_; };
    return std::all_of(memory_.begin(), memory_.begin() + margin, intact) &&
           std::all_of(memory_.end() - margin, memory_.end(), intact);
  }

 private:
  static constexpr std::ptrdiff_t margin = 64;
  T untouched_;
  std::vector<T> memory_;
};

}  // namespace attnscope::test
