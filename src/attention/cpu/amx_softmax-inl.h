// The softmax of the kernel on tile registers, in pieces that are computed while the registers multiply.
#pragma once
#include <cstdint>
#include <limits>

#include "attention/cpu/amx_pack-inl.h"
#include "attention/cpu/amx_vectors.h"
#include "attention/cpu/tile.h"

namespace attnscope::cpu::amx {

// What a tile of queries before a block of keys needs on its way; two of them are in use at a time.
template <DType dtype>
struct alignas(64) Stage {
  // Weights have three parts, or two where values have one: rounded by at most 2^-18 of them.
  static constexpr int weight_parts = dtype == DType::bf16 ? 2 : 3;
  float scores[block_rows * lanes];                     // [keys, lanes]
  Word weights[weight_parts * block_rows * lanes / 2];  // registers [part][32 keys][16 queries]
  Floats kept[vectors];                                 // what sums so far are to be multiplied with, for a new maximum
};

// Of each query of a tile, so far.
struct Softmax {
  float* maximum;  // [lanes] of the scores, units of log2
  float* sum;      // [lanes] of the weights, relative to it
};

// The softmax of a tile of queries before a block of keys, in pieces.
template <DType dtype>
class Weigher {
  using Stage = amx::Stage<dtype>;

 public:
  // To be called `calls` times, between products: the pieces are spread evenly over them.
  Weigher(std::int64_t steps, Stage& stage, const Softmax& so_far, float factor, std::int64_t calls)
      : stage_(stage), pieces_(steps * 16), calls_(calls), so_far_(so_far), factor_(splat(factor)) {
    for (int v = 0; v < vectors; ++v) {
      const Floats before = load(so_far_.maximum + v * vector_lanes);
      const Floats maximum = larger(before, largest_score(steps, v) * factor_);
      store(maximum, so_far_.maximum + v * vector_lanes);
      base_[v] = maximum == splat(-std::numeric_limits<float>::infinity()) ? splat(0) : maximum;
      Floats kept[1] = {before - base_[v]};
      exp2_bounded(kept);
      stage.kept[v] = kept[0];
      for (auto& sums : sums_) sums[v] = splat(0);
    }
  }

  void operator()() {
    credit_ += pieces_;
    for (; credit_ >= calls_ && at_ < pieces_; credit_ -= calls_) weigh_piece(at_++);
  }
  void finish() {
    while (at_ < pieces_) weigh_piece(at_++);
    for (int v = 0; v < vectors; ++v) {
      float* const sum = so_far_.sum + v * vector_lanes;
      const Floats sum_of_block = (sums_[0][v] + sums_[1][v]) + (sums_[2][v] + sums_[3][v]);
      store(load(sum) * stage_.kept[v] + sum_of_block, sum);
    }
  }

 private:
  // In several strands, since one comparison has to wait for the one before.
  Floats largest_score(std::int64_t steps, int v) const {
    constexpr int strands = 8;
    Floats most[strands];
    for (Floats& one : most) one = splat(-std::numeric_limits<float>::infinity());
    const float* scores = stage_.scores + v * vector_lanes;
    for (std::int64_t k = 0; k < steps * step; k += strands, scores += strands * lanes) {
#pragma GCC unroll 8
      for (int i = 0; i < strands; ++i) most[i] = larger(most[i], load(scores + i * lanes));
    }
    for (int i = 1; i < strands; ++i) most[0] = larger(most[0], most[i]);
    return most[0];
  }

  // Of two keys, 16 apart. All vectors take each step together, since one alone would wait for itself; more of
  // them would keep the products waiting.
  void weigh_piece(std::int64_t piece) {
    const std::int64_t row = piece % 16;
    const std::int64_t s = piece / 16;
    const float* const scores = stage_.scores + (s * step + row) * lanes;
    Word* const weights = stage_.weights + s * vectors * words + row * vector_lanes;
    Floats x[2 * vectors];  // of the first key, then of the second
    for (int v = 0; v < vectors; ++v) {
      x[v] = load(scores + v * vector_lanes) * factor_ - base_[v];
      x[vectors + v] = load(scores + 16 * lanes + v * vector_lanes) * factor_ - base_[v];
    }
    exp2_bounded(x);
    for (int v = 0; v < vectors; ++v) sums_[s][v] += x[v] + x[vectors + v];
#pragma GCC unroll 3
    for (int part = 0; part < Stage::weight_parts; ++part) {
      Word* const to = weights + part * block_rows * lanes / 2;
      const bool last = part + 1 == Stage::weight_parts;
      for (int i = 0; i < 2 * vectors && last && Stage::weight_parts < 3; ++i)  // three parts hold all bits
        x[i] = raised_for_bf16(x[i]);
      for (int v = 0; v < vectors; ++v) store(pair_of(x[v], x[vectors + v]), to + v * words);
      for (int i = 0; i < 2 * vectors && !last; ++i) x[i] -= cut_to_bf16(x[i]);
    }
  }

  Stage& stage_;
  std::int64_t at_ = 0, pieces_, calls_, credit_ = 0;
  Softmax so_far_;
  Floats factor_;
  Floats base_[vectors];
  // Of each step: summed apart and then added, which keeps the error of many equal weights down.
  Floats sums_[block_rows / step][vectors];
};

}  // namespace attnscope::cpu::amx
