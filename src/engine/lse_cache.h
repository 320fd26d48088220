// Log-sum-exps of heads whose layer came without them, kept block by block as questions need them, so that a tile does
// not pay again for what another tile of the same queries has paid. Safe for use from several threads.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <span>
#include <vector>

namespace attnscope {

class LseCache {
 public:
  static constexpr std::int64_t block = 256;  // queries that are kept or not kept together; the last may be smaller

  // Keeps at most `bytes` (one head always fits); the heads asked for longest ago go first.
  explicit LseCache(std::size_t bytes = std::size_t{64} << 20U) : bytes_(bytes) {}

  // Fills out[0, count) with the lse of the queries [begin, begin + count) of a head of n queries. What is not kept is
  // asked of `compute(begin, out)`, in runs as long as possible; whole blocks of it are kept. What `compute` throws is
  // passed on.
  using Compute = std::function<void(std::int64_t begin, std::span<float> out)>;
  void fill(std::uint64_t layer_id, std::int64_t head, std::int64_t n, std::int64_t begin, std::span<float> out,
            const Compute& compute);

 private:
  struct Head {
    std::uint64_t layer_id = 0;
    std::int64_t head = 0;
    std::vector<float> lse;
    std::vector<bool> known;  // by block
  };
  Head& entry(std::uint64_t layer_id, std::int64_t head, std::int64_t n);  // with the lock held
  static void keep(Head& head, std::int64_t begin, std::span<const float> values);

  std::size_t bytes_;
  std::mutex mutex_;
  std::list<Head> heads_;  // asked for last, first
};

}  // namespace attnscope
