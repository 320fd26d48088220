// A number that looks random and depends on its place alone, so that any part can be made without the others.
#pragma once
#include <cstdint>

namespace attnscope {

// splitmix64 (Steele, Lea and Flood 2014): the output for state `place`.
constexpr std::uint64_t hashed(std::uint64_t place) {
  place += 0x9e3779b97f4a7c15U;
  place = (place ^ (place >> 30U)) * 0xbf58476d1ce4e5b9U;
  place = (place ^ (place >> 27U)) * 0x94d049bb133111ebU;
  return place ^ (place >> 31U);
}

// Inside (0, 1).
constexpr double hashed_unit(std::uint64_t place) {
  return (static_cast<double>(hashed(place) >> 11U) + 0.5) * 0x1p-53;
}

}  // namespace attnscope
