// Which keys a query sees: one rule for the reference, the CPU and CUDA kernels alike (plain data, no allocation).
//
// Query i stands at position p = i + offset among the keys. It sees key j iff
//   0 <= j < n_k, j < n_valid, and (not causal or j <= p), and (-left < j - p < right, or j < sinks),
//   and (no bitmap or the bitmap's block of (p, j) is set).
// Sinks widen the window only; causal and the bitmap still hold for them.
#pragma once
#include <cstdint>
#include <limits>

#ifdef __CUDACC__
#define ATTNSCOPE_HOST_DEVICE __host__ __device__
#else
#define ATTNSCOPE_HOST_DEVICE
#endif

namespace attnscope {

// Half-open range of keys; empty if begin >= end.
struct KeyRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

enum class BlockState : std::uint8_t { none, some, all };

// One bit for each block x block square of (position, key); row r, column c is bit c % 64 of bits[r * stride + c / 64].
struct BlockBitmap {
  const std::uint64_t* bits = nullptr;  // null: every block is set
  std::int64_t block = 0;               // side of a block in tokens, > 0 where there is a bitmap
  std::int64_t stride = 0;              // words a row

  ATTNSCOPE_HOST_DEVICE constexpr bool set(std::int64_t p, std::int64_t j) const {
    if (bits == nullptr) return true;
    const std::int64_t column = j / block;
    return (bits[(p / block) * stride + column / 64] >> static_cast<unsigned>(column % 64) & 1U) != 0;
  }
};

struct Mask {
  static constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max() / 4;

  bool causal = false;
  std::int64_t left = unlimited;     // keys j with j - p > -left are inside the window
  std::int64_t right = unlimited;    // keys j with j - p < right are inside the window
  std::int64_t sinks = 0;            // keys j < sinks count as inside the window
  std::int64_t n_valid = unlimited;  // keys from here on are padding
  std::int64_t offset = 0;           // position of query 0: n_k - n_q for a whole head, more for a slice of its queries
  BlockBitmap bitmap;                // needs p >= 0 for every query

  ATTNSCOPE_HOST_DEVICE constexpr bool windowed() const { return left < unlimited || right < unlimited; }

  // Whether query i sees key j, for 0 <= j < n_k.
  ATTNSCOPE_HOST_DEVICE constexpr bool visible(std::int64_t i, std::int64_t j) const {
    const std::int64_t p = i + offset;
    if (j >= n_valid || (causal && j > p)) return false;
    const bool inside = j - p > -left && j - p < right;
    return (inside || j < sinks) && bitmap.set(p, j);
  }

  // Keys of the window of query i, without sinks and bitmap: every key that i sees is in here, or is below `sinks`.
  ATTNSCOPE_HOST_DEVICE constexpr KeyRange visible_range(std::int64_t i, std::int64_t n_k) const {
    const std::int64_t p = i + offset;
    std::int64_t end = n_k < n_valid ? n_k : n_valid;
    if (causal && p + 1 < end) end = p + 1;
    if (right < unlimited && p + right < end) end = p + right;
    std::int64_t begin = left < unlimited ? p - left + 1 : 0;
    if (begin < 0) begin = 0;
    return {begin, end < begin ? begin : end};
  }

  // What the queries [q0, q1) see of the keys [k0, k1): nothing, everything or something between; both not empty.
  // `none` and `all` are never claimed wrongly; `some` may be claimed for what is none or all.
  ATTNSCOPE_HOST_DEVICE constexpr BlockState block_state(std::int64_t q0, std::int64_t q1, std::int64_t k0,
                                                         std::int64_t k1) const {
    const std::int64_t p0 = q0 + offset;
    const std::int64_t p1 = q1 - 1 + offset;  // last position
    const std::int64_t last = k1 - 1;
    if (k0 >= n_valid || (causal && k0 > p1)) return BlockState::none;
    const bool outside = last - p0 <= -left || k0 - p1 >= right;
    if (outside && k0 >= sinks) return BlockState::none;
    bool all = last < n_valid && (!causal || last <= p0);
    all = all && ((k0 - p1 > -left && last - p0 < right) || last < sinks);
    if (bitmap.bits == nullptr) return all ? BlockState::all : BlockState::some;
    bool any = false;
    for (std::int64_t p = p0 / bitmap.block * bitmap.block; p <= p1; p += bitmap.block) {
      for (std::int64_t j = k0 / bitmap.block * bitmap.block; j < k1; j += bitmap.block) {
        const bool set = bitmap.set(p, j);
        any = any || set;
        all = all && set;
      }
    }
    return !any ? BlockState::none : all ? BlockState::all : BlockState::some;
  }
};

}  // namespace attnscope
