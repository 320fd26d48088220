// The tokens of the words of one text seen so far, in bounded memory. Words repeat: this is what makes encoding fast.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "text/bpe_merger.h"

namespace attnscope {

// Keys point into the text that is being encoded, which outlives the cache. It holds at most 2^16 words (a few MB) and
// begins anew when it is full.
class WordCache {
 public:
  // Longer words are not worth keeping.
  static constexpr std::size_t longest = 64;

  WordCache() : slots_(64) {}

  static std::uint64_t hash(std::string_view word);
  // The tokens of a word, until the next put(); none where it is not here.
  std::optional<std::span<const WordToken>> find(std::string_view word, std::uint64_t hash) const {
    const Slot& slot = slots_[place(word, hash)];
    if (slot.word == nullptr) return std::nullopt;
    return std::span<const WordToken>(tokens_).subspan(slot.first, slot.count);
  }
  // A word that is not here.
  void put(std::string_view word, std::uint64_t hash, std::span<const WordToken> tokens);

 private:
  struct Slot {
    std::uint64_t hash = 0;
    const char* word = nullptr;  // null: free
    std::uint32_t size = 0;
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };
  // Where the word is, or the free slot for it.
  std::size_t place(std::string_view word, std::uint64_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    while (slots_[at].word != nullptr &&
           (slots_[at].hash != hash || std::string_view(slots_[at].word, slots_[at].size) != word)) {
      at = (at + 1) & mask;
    }
    return at;
  }
  void make_room();

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
  std::vector<WordToken> tokens_;
};

}  // namespace attnscope
