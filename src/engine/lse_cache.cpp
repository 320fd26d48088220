#include "engine/lse_cache.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace attnscope {

LseCache::Head& LseCache::entry(std::uint64_t layer_id, std::int64_t head, std::int64_t n) {
  const auto found = std::find_if(heads_.begin(), heads_.end(),
                                  [&](const Head& kept) { return kept.layer_id == layer_id && kept.head == head; });
  if (found != heads_.end()) {
    heads_.splice(heads_.begin(), heads_, found);
    return heads_.front();
  }
  const auto blocks = static_cast<std::size_t>((n + block - 1) / block);
  heads_.push_front({layer_id, head, std::vector<float>(static_cast<std::size_t>(n)), std::vector<bool>(blocks)});
  std::size_t used =
      std::accumulate(heads_.begin(), heads_.end(), std::size_t{0},
                      [](std::size_t sum, const Head& kept) { return sum + kept.lse.size() * sizeof(float); });
  while (used > bytes_ && heads_.size() > 1) {
    used -= heads_.back().lse.size() * sizeof(float);
    heads_.pop_back();
  }
  return heads_.front();
}

void LseCache::keep(Head& head, std::int64_t begin, std::span<const float> values) {
  const auto n = std::ssize(head.lse);
  const std::int64_t end = begin + std::ssize(values);
  for (std::int64_t at = (begin + block - 1) / block * block; at < end; at += block) {
    const std::int64_t block_end = std::min(n, at + block);
    if (block_end > end) return;
    std::copy_n(values.begin() + (at - begin), block_end - at, head.lse.begin() + at);
    head.known[static_cast<std::size_t>(at / block)] = true;
  }
}

void LseCache::fill(std::uint64_t layer_id, std::int64_t head, std::int64_t n, std::int64_t begin, std::span<float> out,
                    const Compute& compute) {
  const std::int64_t end = begin + std::ssize(out);
  std::vector<std::pair<std::int64_t, std::int64_t>> missing;  // [begin, end) of runs, ascending
  {
    const std::lock_guard lock(mutex_);
    const Head& kept = entry(layer_id, head, n);
    for (std::int64_t at = begin; at < end;) {
      const std::int64_t stop = std::min(end, (at / block + 1) * block);
      if (kept.known[static_cast<std::size_t>(at / block)]) {
        std::copy(kept.lse.begin() + at, kept.lse.begin() + stop, out.begin() + (at - begin));
      } else if (!missing.empty() && missing.back().second == at) {
        missing.back().second = stop;
      } else {
        missing.emplace_back(at, stop);
      }
      at = stop;
    }
  }
  for (const auto& [from, to] : missing) {
    const auto part = out.subspan(static_cast<std::size_t>(from - begin), static_cast<std::size_t>(to - from));
    compute(from, part);
    const std::lock_guard lock(mutex_);
    keep(entry(layer_id, head, n), from, part);
  }
}

}  // namespace attnscope
