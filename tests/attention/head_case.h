// Heads with made-up numbers for the tests of the attention ops: described by a small value, the same on every machine.
#pragma once
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "attention/ops.h"

namespace attnscope::test {

// Random numbers that do not depend on the standard library's distributions.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::int64_t below(std::int64_t count) {
    return static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(count));
  }
  double uniform() { return static_cast<double>(engine_() >> 11U) * 0x1p-53; }
  // Mean 0, variance 1, at most 3 from 0.
  double bell() { return 2 * (uniform() + uniform() + uniform()) - 3; }
  template <typename T>
  T one_of(std::initializer_list<T> choices) {
    return choices.begin()[below(static_cast<std::int64_t>(choices.size()))];
  }

 private:
  std::mt19937_64 engine_;
};

// What the numbers in q and k are like; v is bell-shaped but for `alike`.
enum class Fill : std::uint8_t {
  bell,     // scores around 1
  huge,     // scores around 1e4
  deep,     // every score -1e5
  rising,   // every key beats the one before
  falling,  // the first key wins
  ties,     // three kinds of keys of -1, 0 and 1
  zeros,    // q = 0: every score is exactly 0
  spikes,   // one key in 40 is 8 times as large
  alike,    // the scores of key 0 are 1/8, all others 0; v is 1
};

struct CaseSpec {
  std::int64_t n_q = 0, n_k = 0, d = 64, d_v = 64;
  std::int64_t heads = 1, kv_heads = 1;
  DType dtype = DType::f32;
  Fill fill = Fill::bell;
  Score score;  // scale 0 stands for 1 / sqrt(d)
  Mask mask;
  std::int64_t bitmap_block = 0;  // 0: no bitmap; else blocks of this side, each set or not by chance
  std::int64_t padding = 0;       // NaNs between the rows of q, k and v
  std::uint64_t seed = 1;
};

std::string describe(const CaseSpec& spec);

// A matrix in memory of exactly its size, with NaNs between its rows.
class StoredMatrix {
 public:
  StoredMatrix(DType dtype, std::int64_t rows, std::int64_t cols, std::int64_t padding);
  void set(std::int64_t row, std::int64_t col, double value);
  MatrixView view() const { return {bytes_.data(), rows_, cols_, stride_, dtype_}; }

 private:
  DType dtype_;
  std::int64_t rows_, cols_, stride_;
  std::vector<std::byte> bytes_;
};

// The heads of a case; query head h has KV head h / (heads / kv_heads).
class HeadCase {
 public:
  explicit HeadCase(const CaseSpec& spec);
  ~HeadCase() = default;
  HeadCase(const HeadCase&) = delete;
  HeadCase& operator=(const HeadCase&) = delete;
  std::span<const HeadView> heads() const { return heads_; }

 private:
  std::vector<StoredMatrix> matrices_;
  std::vector<std::uint64_t> bitmap_;
  std::vector<HeadView> heads_;
};

}  // namespace attnscope::test
