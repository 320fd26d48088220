// Attention forward on tile registers (AMX): products of bfloat16 summed in float, to the accuracy of float32.
// `Tiles` is what the registers can do: HardwareTiles of amx_tiles.h, or their model in the tests.
//
// A number is the sum of bf16 numbers of 8 bits each: one where it is stored as bf16, two for f16, three for f32. So a
// product of two numbers is a sum of products of their parts; those below 2^-24 of it are left out. Weights have three
// parts, or two where values have one: rounded by at most 2^-18 of them.
//
// S^T = K Q^T and O^T += V^T P^T, so that queries lie in the lanes of vectors and the softmax is vertical. The
// registers multiply on their own while vectors are computed: the softmax of one tile of queries is done in pieces
// between the products of the tile after it (its scores) and of the tile before it (its values).
// Instructions: Intel 64 and IA-32 Architectures Software Developer's Manual, chapter on AMX.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include "attention/cpu/amx_vectors.h"
#include "attention/cpu/forward_kernel.h"

namespace attnscope::cpu {

template <class Tiles, DType dtype>
class AmxForward {
 public:
  static constexpr ForwardKernel kernel() { return {lanes, tiles_of_a_block, tiles_of_a_block / 2, work_of_a_task, scratch_size, run}; }

 private:
  static constexpr int lanes = 32;  // queries of a tile: two vectors, two tile registers wide
  static constexpr int vectors = 2;
  // Many, since keys and values are packed anew for each block; as many as stay in the second-level cache.
  static constexpr int tiles_of_a_block = dtype == DType::bf16 ? 32 : 16;
  static constexpr std::int64_t work_of_a_task = tiles_of_a_block * lanes * 2048 * (128 + work_of_a_weight);
  static constexpr int parts = dtype == DType::bf16 ? 1 : dtype == DType::f16 ? 2 : 3;  // of an input
  static constexpr int weight_parts = dtype == DType::bf16 ? 2 : 3;
  static constexpr int terms = 3;             // parts i and j are multiplied where i + j < terms
  static constexpr std::int64_t step = 32;    // halves that a product sums at once: keys, or dimensions
  static constexpr std::int64_t words = 256;  // of a register: 16 rows of 16 pairs of halves
  static constexpr std::int64_t row_bytes = 64;
  static constexpr int blocks_in_use = 3;  // of keys: those of the item before, of this one and of the next

  static constexpr std::int64_t padded(std::int64_t n) { return (n + step - 1) / step * step; }

  // Where things lie in the scratch memory, in floats; registers are stored whole, one after the other.
  struct Layout {
    std::int64_t depth, value_depth;  // padded
    std::int64_t key_size, value_size, block_size, query_size, tile_size, blocks, tiles, floats;
    Layout(std::int64_t d, std::int64_t d_v) : depth(padded(d)), value_depth(padded(d_v)) {
      key_size = parts * block_rows * depth / 2;
      value_size = parts * block_rows * value_depth / 2;
      block_size = key_size + value_size;
      query_size = parts * lanes * depth / 2;
      tile_size = query_size + lanes * value_depth + 2 * lanes;
      blocks = static_cast<std::int64_t>(2 * sizeof(Stage) / sizeof(float)) + lanes * step;
      tiles = blocks + blocks_in_use * block_size;
      floats = tiles + tiles_of_a_block * tile_size;
    }
  };

  // A block of keys and its values, packed.
  struct Packed {
    KeyRange keys;
    Word* keys_at;    // registers [part][16 keys][32 dimensions]
    Word* values_at;  // registers [part][32 keys][16 dimensions], transposed
  };

  // What is kept of one tile of queries.
  struct Running {
    Word* queries;   // registers [part][32 dimensions][16 queries]
    float* o;        // [value_depth, lanes], sums not yet divided
    float* maximum;  // [lanes] of the scores so far, units of log2
    float* sum;      // [lanes] of the weights so far, relative to it
  };

  // A tile of queries before a block of keys: scored, weighed, its values added, one after the other.
  struct Item {
    const Tile* tile = nullptr;
    Running run;
    Packed block;
    std::int64_t first_step = 0, steps = 0;  // of 32 keys, that some query sees
  };

  // What an item needs on its way; two of them are in use at a time.
  struct alignas(64) Stage {
    float scores[block_rows * lanes];
    Word weights[weight_parts * block_rows * lanes / 2];  // registers [part][32 keys][16 queries]
    Floats kept[vectors];  // what sums so far are to be multiplied with, for a new maximum
  };

  // The softmax of an item, in pieces.
  class Weigher {
   public:
    // To be called `calls` times, between products: the pieces are spread evenly over them.
    Weigher(const Item& item, Stage& stage, float factor, std::int64_t calls)
        : stage_(stage), pieces_(item.steps * 16), calls_(calls), run_(item.run), factor_(splat(factor)) {
      for (int v = 0; v < vectors; ++v) {
        const Floats before = load(run_.maximum + v * vector_lanes);
        const Floats maximum = larger(before, largest_score(item, v) * factor_);
        store(maximum, run_.maximum + v * vector_lanes);
        base_[v] = maximum == splat(-std::numeric_limits<float>::infinity()) ? splat(0) : maximum;
        Floats kept[1] = {before - base_[v]};
        exp2_bounded(kept);
        stage.kept[v] = kept[0];
        sums_[v] = splat(0);
      }
    }

    void operator()() {
      credit_ += pieces_;
      for (; credit_ >= calls_ && at_ < pieces_; credit_ -= calls_) weigh_piece(at_++);
    }
    void finish() {
      while (at_ < pieces_) weigh_piece(at_++);
      for (int v = 0; v < vectors; ++v) {
        float* const sum = run_.sum + v * vector_lanes;
        store(load(sum) * stage_.kept[v] + sums_[v], sum);
      }
    }

   private:
    // In several strands, since one comparison has to wait for the one before.
    Floats largest_score(const Item& item, int v) const {
      constexpr int strands = 8;
      Floats most[strands];
      for (Floats& one : most) one = splat(-std::numeric_limits<float>::infinity());
      const float* scores = stage_.scores + v * vector_lanes;
      for (std::int64_t k = 0; k < item.steps * step; k += strands, scores += strands * lanes) {
#pragma GCC unroll 8
        for (int i = 0; i < strands; ++i) most[i] = larger(most[i], load(scores + i * lanes));
      }
      for (int i = 1; i < strands; ++i) most[0] = larger(most[0], most[i]);
      return most[0];
    }

    // Of two keys, 16 apart. All vectors take each step together, since one alone would wait for itself; more of them
    // would keep the products waiting.
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
      for (int v = 0; v < vectors; ++v) sums_[v] += x[v] + x[vectors + v];
#pragma GCC unroll 3
      for (int part = 0; part < weight_parts; ++part) {
        Word* const to = weights + part * block_rows * lanes / 2;
        const bool last = part + 1 == weight_parts;
        for (int i = 0; i < 2 * vectors && last && weight_parts < 3; ++i)  // three parts hold all bits
          x[i] = raised_for_bf16(x[i]);
        for (int v = 0; v < vectors; ++v) store(pair_of(x[v], x[vectors + v]), to + v * words);
        for (int i = 0; i < 2 * vectors && !last; ++i) x[i] -= cut_to_bf16(x[i]);
      }
    }

    Stage& stage_;
    std::int64_t at_ = 0, pieces_, calls_, credit_ = 0;
    Running run_;
    Floats factor_;
    Floats base_[vectors];
    Floats sums_[vectors];
  };

  static std::size_t scratch_size(const Stream& stream, std::int64_t value_depth) {
    return static_cast<std::size_t>(Layout(stream.depth, value_depth).floats);
  }

  static void run(const ForwardBlock& block, float* scratch) {
    const typename Tiles::Session session;
    AmxForward(block, scratch).run();
  }

  AmxForward(const ForwardBlock& block, float* scratch)
      : block_(block), layout_(block.stream.depth, block.value_depth), scratch_(scratch) {}

  void run() {
    for (int t = 0; t < block_.tile_count; ++t) begin_tile(t);
    Item before;
    Item now = next_item();
    if (now.tile != nullptr) score(now, stage(0), [] {});
    for (int turn = 0; now.tile != nullptr; turn ^= 1) {
      if (block_.stop.stop_requested()) return;
      const Item next = next_item();
      hide(now, stage(turn).scores);
      Weigher weigher(now, stage(turn), factor(), products_of_scores(next) + products_of_values(before));
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
  float* product_area() const { return reinterpret_cast<float*>(reinterpret_cast<Stage*>(scratch_) + 2); }
  Packed packed(int which, KeyRange keys) const {
    Word* const at = reinterpret_cast<Word*>(scratch_ + layout_.blocks + which * layout_.block_size);
    return {keys, at, at + layout_.key_size};
  }
  Running running(std::int64_t t) const {
    float* const at = scratch_ + layout_.tiles + t * layout_.tile_size;
    float* const o = at + layout_.query_size;
    float* const maximum = o + lanes * layout_.value_depth;
    return {reinterpret_cast<Word*>(at), o, maximum, maximum + lanes};
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

  // A product of part `a` of the one and part `b` of the other operand, and whether the registers do not hold them yet.
  struct Term {
    int a, b;
    bool load_a, load_b;
  };
  // The terms that are at least `least` parts deep, in an order that loads few registers: small ones first, so that the
  // sum is rounded as one of the largest products alone.
  template <int a_parts, int b_parts, int least>
  static constexpr auto list_terms() {
    constexpr auto wanted = [](int a, int b) { return a + b >= least && a + b < terms; };
    constexpr int count = [&] {
      int found = 0;
      for (int a = 0; a < a_parts; ++a)
        for (int b = 0; b < b_parts; ++b) found += wanted(a, b) ? 1 : 0;
      return found;
    }();
    std::array<Term, static_cast<std::size_t>(count)> list{};
    std::size_t at = 0;
    int held = -1;
    for (int a = a_parts - 1; a >= 0; --a) {
      bool first = true;
      const int kept = held;
      const auto add = [&](int b) {
        if (b < 0 || !wanted(a, b)) return;
        list[at++] = {a, b, first, b != held};
        first = false;
        held = b;
      };
      add(kept);
      for (int b = b_parts - 1; b >= 0; --b) {
        if (b != kept) add(b);
      }
    }
    return list;
  }
  static constexpr auto small_score_terms = list_terms<parts, parts, 1>();
  static constexpr auto large_score_terms = list_terms<1, 1, 0>();
  static constexpr auto value_terms = list_terms<parts, weight_parts, 0>();

  // How often score and add_values call what comes between their products.
  std::int64_t products_of_scores(const Item& item) const {
    constexpr auto count = static_cast<std::int64_t>(small_score_terms.size() + large_score_terms.size());
    return item.steps * layout_.depth / step * count * 4;
  }
  std::int64_t products_of_values(const Item& item) const {
    return item.steps * layout_.value_depth / step * static_cast<std::int64_t>(value_terms.size()) * 4;
  }

  // 16 numbers of a row of the head from column c on, zeros beyond its width.
  static Floats sixteen(const void* row, std::int64_t c, std::int64_t width) {
    using Number = std::conditional_t<dtype == DType::f32, float, std::uint16_t>;
    const Number* const at = static_cast<const Number*>(row) + c;
    if (width - c >= vector_lanes) return widened<dtype>(at);
    alignas(64) Number padded[vector_lanes] = {};
    std::copy_n(at, std::max<std::int64_t>(width - c, 0), padded);
    return widened<dtype>(padded);
  }

  // The parts of two vectors, paired: those of even place from `even`. Bits are cut off, not rounded, so that parts add
  // up to the number exactly and none overflows.
  static void split(Floats even, Floats odd, Words (&pairs)[parts]) {
#pragma GCC unroll 3
    for (int part = 0; part < parts; ++part) {
      pairs[part] = pair_of(even, odd);
      even -= cut_to_bf16(even);
      odd -= cut_to_bf16(odd);
    }
  }

  // Dimensions c and c + 16 of a chunk of 32 make a pair, in queries as in keys.
  void split_row(const void* row, std::int64_t c, float times, Words (&pairs)[parts]) const {
    const std::int64_t width = block_.stream.depth;
    split(sixteen(row, c, width) * times, sixteen(row, c + vector_lanes, width) * times, pairs);
  }

  void pack_queries(const Tile& tile, Word* to) const {
    for (std::int64_t c = 0; c < layout_.depth; c += step) {
      for (int v = 0; v < vectors; ++v) {
        Words registers[parts][vector_lanes];
        for (int lane = 0; lane < vector_lanes; ++lane) {
          Words pairs[parts];
          split_row(tile.source[v * vector_lanes + lane], c, sign(), pairs);
          for (int part = 0; part < parts; ++part) registers[part][lane] = pairs[part];
        }
        for (int part = 0; part < parts; ++part)
          store_transposed(registers[part],
                           to + part * lanes * layout_.depth / 2 + c / step * vectors * words + v * words);
      }
    }
  }

  static void store_transposed(Words (&rows)[vector_lanes], Word* to) {
    transpose(rows);
    for (int row = 0; row < vector_lanes; ++row) store(rows[row], to + row * vector_lanes);
  }

  // Whole steps of keys and values; zeros beyond the last.
  void pack(const Packed& to) const {
    const std::int64_t count = to.keys.end - to.keys.begin;
    for (std::int64_t k = 0; k < padded(count); ++k) {
      const void* const row = k < count ? row_of(keys(), block_.stream.stride, to.keys.begin + k) : nullptr;
      for (std::int64_t c = 0; c < layout_.depth; c += step) {
        Words pairs[parts] = {};
        if (row != nullptr) split_row(row, c, 1, pairs);
        Word* const at = to.keys_at + k / 16 * 16 * layout_.depth / 2 + c / step * words + k % 16 * 16;
        for (int part = 0; part < parts; ++part) store(pairs[part], at + part * block_rows * layout_.depth / 2);
      }
    }
    for (std::int64_t k = 0; k < padded(count) && layout_.value_depth > 0; k += step) {
      for (std::int64_t c = 0; c < layout_.value_depth; c += vector_lanes) pack_values(to, k, c);
    }
  }
  Floats value(const Packed& to, std::int64_t k, std::int64_t c) const {
    if (k >= to.keys.end - to.keys.begin) return splat(0);
    return sixteen(row_of(block_.values, block_.value_stride, to.keys.begin + k), c, block_.value_depth);
  }
  // One register of each part: 16 dimensions from c on of 32 keys from k on. Keys k and k + 16 make a pair.
  void pack_values(const Packed& to, std::int64_t k, std::int64_t c) const {
    Words registers[parts][vector_lanes];
    for (int row = 0; row < vector_lanes; ++row) {
      Words pairs[parts];
      split(value(to, k + row, c), value(to, k + row + 16, c), pairs);
      for (int part = 0; part < parts; ++part) registers[part][row] = pairs[part];
    }
    Word* const at = to.values_at + k * layout_.value_depth / 2 + c / vector_lanes * words;
    for (int part = 0; part < parts; ++part)
      store_transposed(registers[part], at + part * block_rows * layout_.value_depth / 2);
  }

  const void* keys() const {
    if (dtype == DType::f32) return block_.stream.data - block_.stream.first * block_.stream.stride;
    return block_.stream.halves;
  }
  static const void* row_of(const void* matrix, std::int64_t stride, std::int64_t row) {
    return static_cast<const std::byte*>(matrix) + row * stride * static_cast<std::int64_t>(size_of(dtype));
  }

  void begin_tile(int t) const {
    const Tile& tile = block_.tiles[t];
    const Running run = running(t);
    pack_queries(tile, run.queries);
    std::fill_n(run.o, lanes * layout_.value_depth, 0.0F);
    std::fill_n(run.maximum, lanes, -std::numeric_limits<float>::infinity());
    std::fill_n(run.sum, lanes, 0.0F);
    if (block_.first) return;
    const std::int64_t first = static_cast<std::int64_t>(t) * lanes;
    for (int lane = 0; lane < tile.count; ++lane) {
      run.maximum[lane] = -block_.negated_max[first + lane];
      run.sum[lane] = block_.sum[first + lane];
    }
    for (int v = 0; v < vectors; ++v) {
      for (std::int64_t c = 0; c < block_.value_depth; c += vector_lanes) load_sums(t, v, c);
    }
  }

  // Sums so far of 16 queries and 16 dimensions from c on, from rows of `o` to lanes.
  void load_sums(int t, int v, std::int64_t c) const {
    const std::int64_t first = static_cast<std::int64_t>(t) * lanes + v * vector_lanes;
    const std::int64_t count = block_.tiles[t].count - v * vector_lanes;
    const std::int64_t width = std::min<std::int64_t>(vector_lanes, block_.value_depth - c);
    Words rows[vector_lanes] = {};
    for (std::int64_t i = 0; i < std::min<std::int64_t>(vector_lanes, count); ++i) {
      const float* const row = block_.o + (first + i) * block_.o_stride + c;
      if (width == vector_lanes) {
        rows[i] = bits_of(load(row));
      } else {
        std::memcpy(&rows[i], row, static_cast<std::size_t>(width) * sizeof(float));
      }
    }
    transpose(rows);
    float* const sums = running(t).o + c * lanes + v * vector_lanes;
    for (std::int64_t i = 0; i < width; ++i) store(floats_of(rows[i]), sums + i * lanes);
  }

  void end_tile(int t) const {
    const Running run = running(t);
    const std::int64_t first = static_cast<std::int64_t>(t) * lanes;
    float factors[lanes] = {};
    for (int lane = 0; lane < block_.tiles[t].count; ++lane) {
      factors[lane] = 1;
      if (block_.last) {
        const FinishedRow row = finish_row(run.sum[lane], run.maximum[lane], block_.sink_logit);
        factors[lane] = row.factor;
        if (block_.lse != nullptr) block_.lse[first + lane] = row.lse;
      } else {
        block_.negated_max[first + lane] = -run.maximum[lane];
        block_.sum[first + lane] = run.sum[lane];
      }
    }
    for (int v = 0; v < vectors; ++v) {
      for (std::int64_t c = 0; c < block_.value_depth; c += vector_lanes) {
        Words rows[vector_lanes];
        for (int i = 0; i < vector_lanes; ++i) {
          const float* const sums = run.o + (c + i) * lanes + v * vector_lanes;
          rows[i] = bits_of(load(sums) * load(factors + v * vector_lanes));
        }
        transpose(rows);
        const std::int64_t width = block_.value_depth - c;
        for (int lane = v * vector_lanes; lane < std::min(block_.tiles[t].count, (v + 1) * vector_lanes); ++lane) {
          float* const to = block_.o + (first + lane) * block_.o_stride + c;
          const Floats row = floats_of(rows[lane - v * vector_lanes]);
          if (width >= vector_lanes) {
            store(row, to);
          } else {
            std::memcpy(to, &row, static_cast<std::size_t>(width) * sizeof(float));
          }
        }
      }
    }
  }

  // Scores of an item, not yet multiplied with `factor`, as [keys, lanes].
  template <class Between>
  void score(const Item& item, Stage& to, Between&& between) const {
    constexpr std::int64_t score_row = lanes * static_cast<std::int64_t>(sizeof(float));
    for (std::int64_t s = 0; s < item.steps; ++s) {
      const Word* const keys = item.block.keys_at + (item.first_step + s) * step * layout_.depth / 2;
      clear_four();
      add_scores(small_score_terms, item, keys, between);
      add_scores(large_score_terms, item, keys, between);
      store_four(to.scores + s * step * lanes, score_row);
    }
  }

  // Products of queries and 32 keys.
  template <class Terms, class Between>
  void add_scores(const Terms& list, const Item& item, const Word* keys, Between&& between) const {
    const std::int64_t key_part = block_rows * layout_.depth / 2;
    const std::int64_t query_part = lanes * layout_.depth / 2;
    for (std::int64_t c = 0; c < layout_.depth / step && !list.empty(); ++c) {
      const Word* const upper = keys + c * words;
      const Word* const lower = upper + 16 * layout_.depth / 2;
      const Word* const queries = item.run.queries + c * vectors * words;
      for (const Term& term : list) {
        if (term.load_a) load_pair<4, 5>(upper + term.a * key_part, lower + term.a * key_part);
        if (term.load_b) load_pair<6, 7>(queries + term.b * query_part, queries + term.b * query_part + words);
        multiply_four(between);
      }
    }
  }

  // Weights times values, added to the sums so far. The sum of a block is formed apart, which keeps the error of long
  // rows down.
  template <class Between>
  void add_values(const Item& item, const Stage& from, Between&& between) const {
    constexpr std::int64_t weight_part = block_rows * lanes / 2;
    const std::int64_t value_part = block_rows * layout_.value_depth / 2;
    float* const products = product_area();
    for (std::int64_t c = 0; c < layout_.value_depth; c += step) {
      clear_four();
      for (std::int64_t s = 0; s < item.steps; ++s) {
        const Word* const values =
            item.block.values_at + (item.first_step + s) * step * layout_.value_depth / 2 + c / vector_lanes * words;
        const Word* const weights = from.weights + s * vectors * words;
        for (const Term& term : value_terms) {
          const Word* const value = values + term.a * value_part;
          const Word* const weight = weights + term.b * weight_part;
          if (term.load_a) load_pair<4, 5>(value, value + words);
          if (term.load_b) load_pair<6, 7>(weight, weight + words);
          multiply_four(between);
        }
      }
      store_four(products, lanes * static_cast<std::int64_t>(sizeof(float)));
      for (std::int64_t i = 0; i < step; ++i) {
        for (int v = 0; v < vectors; ++v) {
          float* const sums = item.run.o + (c + i) * lanes + v * vector_lanes;
          store(load(sums) * from.kept[v] + load(products + i * lanes + v * vector_lanes), sums);
        }
      }
    }
  }

  // Registers 0 to 3 are two by two results of 4 and 5 (rows) with 6 and 7 (columns).
  static void clear_four() {
    Tiles::template zero<0>();
    Tiles::template zero<1>();
    Tiles::template zero<2>();
    Tiles::template zero<3>();
  }
  template <int first, int second>
  static void load_pair(const Word* one, const Word* other) {
    Tiles::template load<first>(one, row_bytes);
    Tiles::template load<second>(other, row_bytes);
  }
  template <class Between>
  static void multiply_four(Between&& between) {
    Tiles::template multiply<0, 4, 6>();
    between();
    Tiles::template multiply<1, 4, 7>();
    between();
    Tiles::template multiply<2, 5, 6>();
    between();
    Tiles::template multiply<3, 5, 7>();
    between();
  }
  static void store_four(float* to, std::int64_t stride) {
    Tiles::template store<0>(to, stride);
    Tiles::template store<1>(to + 16, stride);
    Tiles::template store<2>(to + 16 * lanes, stride);
    Tiles::template store<3>(to + 16 * lanes + 16, stride);
  }

  // -inf over the scores of keys that a query does not see.
  static void hide(const Item& item, float* scores) {
    for (std::int64_t s = 0; s < item.steps; ++s, scores += step * lanes) {
      const std::int64_t first = item.block.keys.begin + (item.first_step + s) * step;
      if (item.tile->state(first, first + step) != BlockState::all) hide_step(*item.tile, first, scores);
    }
  }
  static void hide_step(const Tile& tile, std::int64_t first, float* scores) {
    for (int v = 0; v < vectors; ++v) {
      const auto begin = load_as<Ints>(tile.begin + v * vector_lanes);
      const auto end = load_as<Ints>(tile.end + v * vector_lanes);
      const auto sink_end = load_as<Ints>(tile.sink_end + v * vector_lanes);
      for (int k = 0; k < step; ++k) {
        const Ints key = static_cast<std::int32_t>(first) + k - Ints{};
        float* const score = scores + k * lanes + v * vector_lanes;
        const Ints seen = ((key >= begin) & (key < end)) | (key < sink_end);
        store(seen != 0 ? load(score) : splat(-std::numeric_limits<float>::infinity()), score);
      }
    }
    if (tile.bitmap.bits != nullptr) hide_blocks(tile, first, scores);
  }
  static void hide_blocks(const Tile& tile, std::int64_t first, float* scores) {
    const std::int64_t end = std::min(first + step, tile.last_end());
    for (std::int64_t k = first; k < end; ++k, scores += lanes) {
      const std::int64_t of_row = (tile.origin + k) / tile.bitmap.block;
      for (int lane = 0; lane < lanes; ++lane) {
        if (!tile.set(tile.block[lane], of_row)) scores[lane] = -std::numeric_limits<float>::infinity();
      }
    }
  }

  const ForwardBlock& block_;
  const Layout layout_;
  float* const scratch_;
  std::int64_t next_key_ = block_.keys.begin;  // what next_item gives
  int next_tile_ = 0;
  int place_ = 0;  // where keys were packed last
  bool is_packed_ = false;
};

}  // namespace attnscope::cpu
