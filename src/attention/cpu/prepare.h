// Turns heads, masks and weightings into the tiles and streams that kernels take. Compiled once, for every machine.
#pragma once
#include <algorithm>
#include <cstdint>
#include <functional>
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
  Scratch(const Pool& pool, std::size_t floats) : Scratch(pool, floats, {}) {}
  // With room for widened rows of a stream.
  Scratch(const Pool& pool, std::size_t floats, const Stream& stream);
  float* of(unsigned slot) { return memory_.mutable_f32() + static_cast<std::int64_t>(slot) * memory_.cols(); }
  float* widened(unsigned slot) { return of(slot) + floats_; }

 private:
  std::int64_t floats_;
  Tensor memory_;
};

// A matrix as a stream, with the memory that its tail and its bias need.
class StreamRows {
 public:
  // Keys without padding, seen by queries in lanes; `bias` is empty or [n_k], in nats; an entry of +inf counts as -inf.
  static StreamRows of_keys(const HeadView& head, std::span<const float> bias);
  // Queries, for keys in lanes; `bias` is empty or [n_q].
  static StreamRows of_queries(const HeadView& head, std::span<const float> bias);
  const Stream& stream() const { return stream_; }

 private:
  StreamRows(const MatrixView& matrix, std::int64_t rows, std::span<const float> bias, const ScoreForm& form);
  std::vector<float> tail_, bias_;
  Stream stream_;
};

// How lanes and the stream that they meet are cut into blocks and parts, for tasks of two or three milliseconds: blocks
// of up to tiles_at_once tiles, parts of as many rows as that allows. The cut depends on sizes only.
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

  std::size_t parts() const { return static_cast<std::size_t>(std::max<std::int64_t>(1, (rows_ + part_ - 1) / part_)); }
  // Streamed rows of a part; begins at a multiple of block_rows.
  KeyRange part(std::size_t index) const {
    const std::int64_t begin = static_cast<std::int64_t>(index) * part_;
    return {begin, std::min(begin + part_, rows_)};
  }

  // Runs task(part, block, slot) for all blocks and parts; all blocks of a part have ended when the next begins, so
  // that a block may carry on from its part before.
  void run_part_by_part(const Job& job,
                        const std::function<void(std::size_t part, std::size_t block, unsigned slot)>& task) const;

 private:
  std::int64_t total_, block_;
  std::int64_t rows_, part_;
};

// Work of tiles on the rows `part` of `stream`, its tile_count to be set.
TileWork tile_work(const Stream& stream, KeyRange part, std::span<const Tile> tiles, float* widened, const Job& job);

std::vector<float> negated(std::span<const float> values);

// Keys that may be seen at all: n_k without padding.
std::int64_t valid_keys(const HeadView& head);

// In units of log2; +inf (the -lse of a row that sees nothing) becomes -inf.
float log2_bias(float nats);

// A tile of the queries `first` + 0, 1, ... count - 1 or of `queries`; `a` is empty (0) or an entry a lane, in nats.
// `first_key`: which key of the whole head is key 0 of this one, where slice_keys made it.
Tile query_tile(const HeadView& head, std::int64_t first, int count, std::span<const float> a,
                std::int64_t first_key = 0);
Tile query_tile(const HeadView& head, std::span<const std::int64_t> queries, std::span<const float> a);

// A tile of keys: the streamed rows are queries.
Tile key_tile(const HeadView& head, std::span<const std::int64_t> keys, std::span<const float> b);

}  // namespace attnscope::cpu
