// What each head of a synthetic capture does, and where: the truth that its numbers are made from and tested against.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace attnscope {

// With n tokens. Words repeat after `period` tokens, so that the second half of the text says the first half again.
struct SyntheticText {
  std::int64_t n = 1;

  std::int64_t period() const { return (n + 1) / 2; }
  std::int64_t word(std::int64_t i) const { return i % period(); }
  std::int64_t block() const { return (n + 15) / 16; }  // tokens of a block of the block head: at most 16 blocks
  std::int64_t needle_query() const { return n - 1 - n / 8; }
  std::int64_t needle_key() const { return n / 3; }
};

struct PlantedHead {
  std::int64_t layer = 0;
  std::int64_t head = 0;
  std::string_view name;
  std::string_view truth;  // what holds for every query i of any n up to 2^24, all keys j <= i
};

// In the order of layers and heads; every layer has the same number of heads.
std::span<const PlantedHead> planted_heads();

}  // namespace attnscope
