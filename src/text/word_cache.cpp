#include "text/word_cache.h"

#include <cstring>
#include <utility>

namespace attnscope {
namespace {

constexpr std::size_t most_slots = std::size_t{1} << 17U;

template <class Number>
std::uint64_t load(const char* at) {
  Number value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t mixed = (a ^ b) * 0xD6E8FEB86659FD93U;
  return mixed ^ (mixed >> 32U);
}

}  // namespace

std::uint64_t WordCache::hash(std::string_view word) {
  std::uint64_t mixed = word.size() * 0x9E3779B97F4A7C15U;
  const char* at = word.data();
  std::size_t left = word.size();
  for (; left >= 8; at += 8, left -= 8) mixed = mix(mixed, load<std::uint64_t>(at));
  if (left >= 4) return mix(mixed, load<std::uint32_t>(at) | (load<std::uint32_t>(at + left - 4) << 32U));
  if (left == 0) return mixed;
  return mix(mixed, load<std::uint8_t>(at) | (load<std::uint8_t>(at + left / 2) << 8U) |
                        (load<std::uint8_t>(at + left - 1) << 16U));
}

void WordCache::put(std::string_view word, std::uint64_t hash, std::span<const WordToken> tokens) {
  if (2 * (used_ + 1) > slots_.size()) make_room();
  slots_[place(word, hash)] = {hash, word.data(), static_cast<std::uint32_t>(word.size()),
                               static_cast<std::uint32_t>(tokens_.size()), static_cast<std::uint32_t>(tokens.size())};
  tokens_.insert(tokens_.end(), tokens.begin(), tokens.end());
  ++used_;
}

void WordCache::make_room() {
  if (slots_.size() >= most_slots) {
    slots_.assign(slots_.size(), Slot{});
    tokens_.clear();
    used_ = 0;
    return;
  }
  const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(4 * slots_.size()));
  for (const Slot& slot : old) {
    if (slot.word != nullptr) slots_[place({slot.word, slot.size}, slot.hash)] = slot;
  }
}

}  // namespace attnscope
