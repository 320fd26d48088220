// Turns heads, masks and weightings into the tiles and streams that kernels take. Compiled once, for every machine.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "attention/cpu/tile.h"
#include "attention/ops.h"
#include "core/tensor.h"

namespace attnscope::cpu {

// 64-byte aligned memory of one call, a part of `floats` floats for each thread of the pool. Throws Error where there
// is not enough memory.
class Scratch {
 public:
  Scratch(const Pool& pool, std::size_t floats);
  float* of(unsigned slot) { return memory_.mutable_f32() + static_cast<std::int64_t>(slot) * memory_.cols(); }

 private:
  Tensor memory_;
};

// A matrix as a stream, with the memory that its tail and its bias need.
class StreamRows {
 public:
  // The first `rows` rows of `matrix` (f32). `bias` is empty or [rows], in nats; an entry of +inf counts as -inf.
  StreamRows(const MatrixView& matrix, std::int64_t rows, std::span<const float> bias);
  const Stream& stream() const { return stream_; }

 private:
  std::vector<float> tail_, bias_;
  Stream stream_;
};

// How consecutive lanes are cut into blocks for tasks of a few milliseconds: up to tiles_at_once tiles each, fewer for
// a long stream. The cut depends on sizes only.
class TileBlocks {
 public:
  TileBlocks(std::int64_t total_lanes, int tile_lanes, const Stream& stream);
  struct Lanes {
    std::int64_t first = 0;
    std::int64_t count = 0;
  };
  std::size_t count() const { return static_cast<std::size_t>((total_ + block_ - 1) / block_); }
  std::int64_t lanes() const { return block_; }  // of all blocks but the last
  Lanes from_the_start(std::size_t index) const {
    const std::int64_t first = static_cast<std::int64_t>(index) * block_;
    return {first, first + block_ < total_ ? block_ : total_ - first};
  }
  // Under a causal mask the last queries have most to do, so they go first.
  Lanes from_the_end(std::size_t index) const { return from_the_start(count() - 1 - index); }

 private:
  std::int64_t total_, block_;
};

// Work of tiles on all of `stream`, its tile_count to be set.
TileWork tile_work(const Stream& stream, const Score& score, std::span<const Tile> tiles, const Job& job);

std::vector<float> negated(std::span<const float> values);

// Keys that may be seen at all: n_k without padding.
std::int64_t valid_keys(const HeadView& head);

// In units of log2; +inf (the -lse of a row that sees nothing) becomes -inf.
float log2_bias(float nats);

// A tile of the queries `first` + 0, 1, ... count - 1 or of `queries`; `a` is empty (0) or an entry a lane, in nats.
Tile query_tile(const HeadView& head, std::int64_t first, int count, std::span<const float> a);
Tile query_tile(const HeadView& head, std::span<const std::int64_t> queries, std::span<const float> a);

// A tile of keys: the streamed rows are queries. Needs a mask without bitmap, as all of these do.
Tile key_tile(const HeadView& head, std::span<const std::int64_t> keys, std::span<const float> b);

}  // namespace attnscope::cpu
