#include "text/bpe_merger.h"

#include <algorithm>
#include <bit>

namespace attnscope {
namespace {

// Up to so many tokens a scan for the lowest rank is faster than a heap.
constexpr std::size_t short_word = 40;

constexpr std::uint64_t pair_of(std::int32_t left, std::int32_t right) {
  return (std::uint64_t{static_cast<std::uint32_t>(left)} << 32U) | static_cast<std::uint32_t>(right);
}

}  // namespace

MergeTable::MergeTable(std::size_t count) : slots_(std::bit_ceil(2 * count + 1)) {}

// Fibonacci hashing, linear probing.
std::size_t MergeTable::place(std::uint64_t pair) const {
  const std::size_t mask = slots_.size() - 1;
  const std::uint64_t mixed = pair * 0x9E3779B97F4A7C15U;
  std::size_t at = (mixed ^ (mixed >> 32U)) & mask;
  while (slots_[at].pair != pair && slots_[at].pair != no_pair) at = (at + 1) & mask;
  return at;
}

void MergeTable::add(std::int32_t left, std::int32_t right, Merge merge) {
  const std::uint64_t pair = pair_of(left, right);
  slots_[place(pair)] = {pair, merge};
}

const Merge* MergeTable::find(std::int32_t left, std::int32_t right) const {
  const std::uint64_t pair = pair_of(left, right);
  const Slot& slot = slots_[place(pair)];
  return slot.pair == pair ? &slot.merge : nullptr;
}

const std::vector<WordToken>& WordMerger::merge(std::string_view word) {
  fill(word);
  if (tokens_.size() <= short_word) {
    merge_short();
  } else {
    merge_long();
  }
  return tokens_;
}

void WordMerger::fill(std::string_view word) {
  tokens_.clear();
  for (std::uint32_t at = 0; at < word.size(); ++at) {
    const std::int32_t id = bytes_.ids[static_cast<unsigned char>(word[at])];
    if (id >= 0) {
      tokens_.push_back({id, at, at + 1});
    } else if (bytes_.unknown >= 0) {
      const bool fuse = bytes_.fuse_unknown && !tokens_.empty() && tokens_.back().id == bytes_.unknown;
      if (fuse) {
        tokens_.back().end = at + 1;
      } else {
        tokens_.push_back({bytes_.unknown, at, at + 1});
      }
    }
  }
}

void WordMerger::merge_short() {
  const auto rank_at = [this](std::size_t at) {
    const Merge* const merge = at + 1 < tokens_.size() ? merges_.find(tokens_[at].id, tokens_[at + 1].id) : nullptr;
    return merge != nullptr ? merge->rank : none;
  };
  ranks_.resize(tokens_.size());
  for (std::size_t at = 0; at < tokens_.size(); ++at) ranks_[at] = rank_at(at);
  while (true) {
    const auto lowest = std::min_element(ranks_.begin(), ranks_.end());
    if (lowest == ranks_.end() || *lowest == none) return;
    const auto at = static_cast<std::size_t>(lowest - ranks_.begin());
    const auto right = tokens_.begin() + static_cast<std::ptrdiff_t>(at) + 1;
    tokens_[at] = {merges_.find(tokens_[at].id, right->id)->id, tokens_[at].begin, right->end};
    tokens_.erase(right);
    ranks_.erase(lowest + 1);
    ranks_[at] = rank_at(at);
    if (at > 0) ranks_[at - 1] = rank_at(at - 1);
  }
}

// Puts the pair that begins at `at` on the heap, if it merges.
void WordMerger::consider(std::uint32_t at) {
  if (at == none || next_[at] == none) return;
  const std::int32_t left = tokens_[at].id;
  const std::int32_t right = tokens_[next_[at]].id;
  const Merge* const merge = merges_.find(left, right);
  if (merge == nullptr) return;
  heap_.push_back({merge->rank, at, left, right});
  std::push_heap(heap_.begin(), heap_.end(), [](const Candidate& a, const Candidate& b) {
    return a.rank != b.rank ? a.rank > b.rank : a.at > b.at;
  });
}

// A pair on the heap is stale once one of its tokens has become another; a token that was merged away has id -1.
void WordMerger::merge_long() {
  const auto count = static_cast<std::uint32_t>(tokens_.size());
  next_.resize(count);
  previous_.resize(count);
  for (std::uint32_t at = 0; at < count; ++at) {
    next_[at] = at + 1 < count ? at + 1 : none;
    previous_[at] = at > 0 ? at - 1 : none;
  }
  heap_.clear();
  for (std::uint32_t at = 0; at + 1 < count; ++at) consider(at);
  while (!heap_.empty()) {
    std::pop_heap(heap_.begin(), heap_.end(), [](const Candidate& a, const Candidate& b) {
      return a.rank != b.rank ? a.rank > b.rank : a.at > b.at;
    });
    const Candidate best = heap_.back();
    heap_.pop_back();
    const std::uint32_t right = next_[best.at];
    if (tokens_[best.at].id != best.left || right == none || tokens_[right].id != best.right) continue;
    tokens_[best.at] = {merges_.find(best.left, best.right)->id, tokens_[best.at].begin, tokens_[right].end};
    tokens_[right].id = -1;
    next_[best.at] = next_[right];
    if (next_[right] != none) previous_[next_[right]] = best.at;
    consider(previous_[best.at]);
    consider(best.at);
  }
  tokens_.erase(std::remove_if(tokens_.begin(), tokens_.end(), [](const WordToken& token) { return token.id < 0; }),
                tokens_.end());
}

}  // namespace attnscope
