// Attention forward on tile registers (AMX): products of bfloat16 summed in float, to the accuracy of float32.
// `Tiles` is what the registers can do: HardwareTiles of amx_tiles.h, or their model in the tests.
//
// Queries lie in the lanes of vectors and the softmax is vertical. The registers multiply on their own while vectors
// are computed: the softmax of one tile of queries is done in pieces between the products of the tile after it (its
// scores) and of the tile before it (its values). Instructions: Intel 64 and IA-32 Architectures Software Developer's
// Manual, chapter on AMX.
#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>

#include "attention/cpu/amx_mask-inl.h"
#include "attention/cpu/amx_pack-inl.h"
#include "attention/cpu/amx_products-inl.h"
#include "attention/cpu/amx_softmax-inl.h"
#include "attention/cpu/amx_vectors.h"
#include "attention/cpu/forward_kernel.h"

namespace attnscope::cpu::amx {

template <class Tiles, DType dtype>
class Forward {
 public:
  static constexpr ForwardKernel kernel() {
    return {lanes, tiles_of_a_block, tiles_of_a_block / 2, work_of_a_task, scratch_size, run};
  }

 private:
  using Stage = amx::Stage<dtype>;
  using Pack = amx::Pack<dtype>;
  using Products = amx::Products<Tiles, dtype>;
  // Many, since keys and values are packed anew for each block; as many as stay in the second-level cache.
  static constexpr int tiles_of_a_block = dtype == DType::bf16 ? 32 : 16;
  static constexpr std::int64_t work_of_a_task = tiles_of_a_block * lanes * 2048 * (128 + work_of_a_weight);
  static constexpr int blocks_in_use = 3;  // of keys: those of the item before, of this one and of the next

  // Where things lie in the scratch memory, in floats; registers are stored whole, one after the other.
  struct Layout {
    std::int64_t depth, value_depth;  // padded
    std::int64_t key_size, block_size, query_size, tile_size, area, blocks, tiles, floats;
    Layout(std::int64_t d, std::int64_t d_v) : depth(padded(d)), value_depth(padded(d_v)) {
      key_size = Pack::parts * block_rows * depth / 2;
      block_size = key_size + Pack::parts * block_rows * value_depth / 2;
      query_size = Pack::parts * lanes * depth / 2;
      tile_size = query_size + lanes * value_depth + 2 * lanes;
      area = static_cast<std::int64_t>(2 * sizeof(Stage) / sizeof(float));
      blocks = area + Products::area_size;
      tiles = blocks + blocks_in_use * block_size;
      floats = tiles + tiles_of_a_block * tile_size;
    }
  };

  // A block of keys and its values, packed.
  struct Packed {
    KeyRange keys;
    Word* keys_at;
    Word* values_at;
  };

  // What is kept of one tile of queries.
  struct Running {
    Word* queries;  // packed
    float* o;       // [value_depth, lanes], sums not yet divided
    Softmax softmax;
  };

  // A tile of queries before a block of keys: scored, weighed, its values added, one after the other.
  struct Item {
    const Tile* tile = nullptr;
    Running run;
    Packed block;
    std::int64_t first_step = 0, steps = 0;  // of 32 keys, that some query sees
  };

  static std::size_t scratch_size(const Stream& stream, std::int64_t value_depth) {
    return static_cast<std::size_t>(Layout(stream.depth, value_depth).floats);
  }

  static void run(const ForwardBlock& block, float* scratch) {
    const typename Tiles::Session session;
    Forward(block, scratch).run();
  }

  Forward(const ForwardBlock& block, float* scratch)
      : block_(block),
        layout_(block.stream.depth, block.value_depth),
        products_(layout_.depth, layout_.value_depth, scratch + layout_.area),
        scratch_(scratch) {}

  void run() {
    for (int t = 0; t < block_.tile_count; ++t) begin_tile(t);
    Item before;
    Item now = next_item();
    if (now.tile != nullptr) score(now, stage(0), [] {});
    for (int turn = 0; now.tile != nullptr; turn ^= 1) {
      if (block_.stop.stop_requested()) return;
      const Item next = next_item();
      hide(*now.tile, now.block.keys.begin + now.first_step * step, now.steps, stage(turn).scores);
      Weigher<dtype> weigher(now.steps, stage(turn), now.run.softmax, factor(),
                             products_.count_of_scores(next.steps) + products_.count_of_values(before.steps));
      if (next.tile != nullptr) score(next, stage(turn ^ 1), weigher);
      if (before.tile != nullptr) add_values(before, stage(turn ^ 1), weigher);
      weigher.finish();
      if (next.tile == nullptr) add_values(now, stage(turn), [] {});
      before = now;
      now = next;
    }
    for (int t = 0; t < block_.tile_count; ++t) end_tile(t);
  }

  // Queries are multiplied with the sign of the scores' factor, and scores with what is left.
  float sign() const { return block_.stream.form.factor > 0 ? 1.0F : block_.stream.form.factor < 0 ? -1.0F : 0.0F; }
  float factor() const { return sign() == 0 ? 1.0F : block_.stream.form.factor * sign(); }

  Stage& stage(int which) const { return reinterpret_cast<Stage*>(scratch_)[which]; }
  Packed packed(int which, KeyRange keys) const {
    Word* const at = reinterpret_cast<Word*>(scratch_ + layout_.blocks + which * layout_.block_size);
    return {keys, at, at + layout_.key_size};
  }
  Running running(std::int64_t t) const {
    float* const at = scratch_ + layout_.tiles + t * layout_.tile_size;
    float* const o = at + layout_.query_size;
    float* const maximum = o + lanes * layout_.value_depth;
    return {reinterpret_cast<Word*>(at), o, {maximum, maximum + lanes}};
  }

  template <class Between>
  void score(const Item& item, Stage& to, Between&& between) const {
    products_.score(item.run.queries, item.block.keys_at + item.first_step * step * layout_.depth / 2, item.steps, to,
                    between);
  }
  template <class Between>
  void add_values(const Item& item, const Stage& from, Between&& between) const {
    products_.add_values(item.block.values_at + item.first_step * step * layout_.value_depth / 2, item.steps, from,
                         item.run.o, between);
  }

  // The next tile and block of keys of which it sees some; none at the end. Keys and values of a block are packed when
  // its first item comes up, while the block before may still be in use.
  Item next_item() {
    for (;; ++next_tile_) {
      if (next_tile_ == block_.tile_count) {
        next_tile_ = 0;
        next_key_ += block_rows;
        is_packed_ = false;
      }
      if (next_key_ >= block_.keys.end) return {};
      const Tile& tile = block_.tiles[next_tile_];
      const KeyRange keys{next_key_, std::min(next_key_ + block_rows, block_.keys.end)};
      if (tile.state(keys.begin, keys.end) == BlockState::none) continue;
      const KeyRange part = tile.visible_part(keys.begin, keys.end);
      if (part.begin >= part.end) continue;
      if (!is_packed_) pack(packed(place_ = (place_ + 1) % blocks_in_use, keys));
      is_packed_ = true;
      const std::int64_t first = (part.begin - keys.begin) / step;
      const std::int64_t end = (part.end - keys.begin + step - 1) / step;
      return {&tile, running(next_tile_++), packed(place_, keys), first, end - first};
    }
  }

  void pack(const Packed& to) const {
    Pack::pack_keys({keys(), block_.stream.stride, block_.stream.depth}, to.keys, to.keys_at);
    Pack::pack_values({block_.values, block_.value_stride, block_.value_depth}, to.keys, to.values_at);
  }
  const void* keys() const {
    if (dtype == DType::f32) return block_.stream.data - block_.stream.first * block_.stream.stride;
    return block_.stream.halves;
  }

  void begin_tile(int t) const {
    const Tile& tile = block_.tiles[t];
    const Running run = running(t);
    Pack::pack_queries(tile, block_.stream.depth, sign(), run.queries);
    std::fill_n(run.o, lanes * layout_.value_depth, 0.0F);
    std::fill_n(run.softmax.maximum, lanes, -std::numeric_limits<float>::infinity());
    std::fill_n(run.softmax.sum, lanes, 0.0F);
  }

  void end_tile(int t) const {
    const Running run = running(t);
    const std::int64_t first = static_cast<std::int64_t>(t) * lanes;
    MergeFactors factors[lanes];
    for (int lane = 0; lane < block_.tiles[t].count; ++lane)
      factors[lane] = end_row(block_, first + lane, {run.softmax.sum[lane], run.softmax.maximum[lane]});
    for (int v = 0; v < vectors; ++v) {
      for (std::int64_t c = 0; c < block_.value_depth; c += vector_lanes)
        merge_sums(t, v, c, factors + v * vector_lanes);
    }
  }

  // Sums of 16 queries and 16 dimensions from c on, from lanes to rows of `o`.
  void merge_sums(int t, int v, std::int64_t c, const MergeFactors* factors) const {
    const std::int64_t first = static_cast<std::int64_t>(t) * lanes + v * vector_lanes;
    const std::int64_t count = std::min<std::int64_t>(vector_lanes, block_.tiles[t].count - v * vector_lanes);
    const std::int64_t width = std::min<std::int64_t>(vector_lanes, block_.value_depth - c);
    const float* const sums = running(t).o + c * lanes + v * vector_lanes;
    Words rows[vector_lanes];
    for (int i = 0; i < vector_lanes; ++i) rows[i] = bits_of(load(sums + i * lanes));
    transpose(rows);
    for (std::int64_t i = 0; i < count; ++i) {
      float* const to = block_.o + (first + i) * block_.o_stride + c;
      Floats row = floats_of(rows[i]) * factors[i].now;
      if (!block_.first) row += load_some(to, width) * factors[i].before;
      store_some(row, to, width);
    }
  }

  const ForwardBlock& block_;
  const Layout layout_;
  const Products products_;
  float* const scratch_;
  std::int64_t next_key_ = block_.keys.begin;  // what next_item gives
  int next_tile_ = 0;
  int place_ = 0;  // where keys were packed last
  bool is_packed_ = false;
};

}  // namespace attnscope::cpu::amx
