// The two products of attention on tile registers: S^T = K Q^T and O^T += V^T P^T, of numbers packed by Pack.
//
// A product of two numbers is a sum of products of their parts; those below 2^-24 of it are left out.
#pragma once
#include <array>
#include <cstdint>

#include "attention/cpu/amx_pack-inl.h"
#include "attention/cpu/amx_softmax-inl.h"
#include "attention/cpu/amx_vectors.h"

namespace attnscope::cpu::amx {

// `depth` and `value_depth` are padded. What is called `between` runs after each product of the registers, while they
// multiply on their own.
template <class Tiles, DType dtype>
class Products {
  using Stage = amx::Stage<dtype>;

 public:
  static constexpr std::int64_t area_size = lanes * step;  // floats that results pass through

  Products(std::int64_t depth, std::int64_t value_depth, float* area)
      : depth_(depth), value_depth_(value_depth), area_(area) {}

  // How often score and add_values call `between`.
  std::int64_t count_of_scores(std::int64_t steps) const {
    return steps * depth_ / step * static_cast<std::int64_t>(small_score_terms.size() + large_score_terms.size()) * 4;
  }
  std::int64_t count_of_values(std::int64_t steps) const {
    return steps * value_depth_ / step * static_cast<std::int64_t>(value_terms.size()) * 4;
  }

  // Scores [keys, lanes] of a tile's queries and the keys of `steps` steps from `keys` on.
  template <class Between>
  void score(const Word* queries, const Word* keys, std::int64_t steps, Stage& to, Between&& between) const {
    for (std::int64_t s = 0; s < steps; ++s, keys += step * depth_ / 2) {
      clear_four();
      add_scores(small_score_terms, queries, keys, between);
      add_scores(large_score_terms, queries, keys, between);
      store_four(to.scores + s * step * lanes);
    }
  }

  // Weights times the values of `steps` steps from `values` on, added to the sums so far, `o` [value_depth, lanes]. The
  // sum of a block is formed apart, which keeps the error of long rows down.
  template <class Between>
  void add_values(const Word* values, std::int64_t steps, const Stage& from, float* o, Between&& between) const {
    for (std::int64_t c = 0; c < value_depth_; c += step, o += step * lanes) {
      clear_four();
      for (std::int64_t s = 0; s < steps; ++s)
        multiply_values(values + s * step * value_depth_ / 2 + c / vector_lanes * words,
                        from.weights + s * vectors * words, between);
      store_four(area_);
      for (std::int64_t i = 0; i < step; ++i) {
        for (int v = 0; v < vectors; ++v) {
          float* const sums = o + i * lanes + v * vector_lanes;
          store(load(sums) * from.kept[v] + load(area_ + i * lanes + v * vector_lanes), sums);
        }
      }
    }
  }

 private:
  static constexpr int parts = Pack<dtype>::parts;
  static constexpr int terms = 3;  // parts i and j are multiplied where i + j < terms
  static constexpr std::int64_t row_bytes = 64;

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
  static constexpr auto value_terms = list_terms<parts, Stage::weight_parts, 0>();

  // Of queries and the keys of one step.
  template <class Terms, class Between>
  void add_scores(const Terms& list, const Word* queries, const Word* keys, Between&& between) const {
    const std::int64_t key_part = block_rows * depth_ / 2;
    const std::int64_t query_part = lanes * depth_ / 2;
    for (std::int64_t c = 0; c < depth_ / step && !list.empty(); ++c) {
      const Word* const upper = keys + c * words;
      const Word* const lower = upper + 16 * depth_ / 2;
      const Word* const query = queries + c * vectors * words;
      for (const Term& term : list) {
        if (term.load_a) load_pair<4, 5>(upper + term.a * key_part, lower + term.a * key_part);
        if (term.load_b) load_pair<6, 7>(query + term.b * query_part, query + term.b * query_part + words);
        multiply_four(between);
      }
    }
  }

  // Of the values of one step, 32 dimensions, and weights.
  template <class Between>
  void multiply_values(const Word* values, const Word* weights, Between&& between) const {
    constexpr std::int64_t weight_part = block_rows * lanes / 2;
    const std::int64_t value_part = block_rows * value_depth_ / 2;
    for (const Term& term : value_terms) {
      const Word* const value = values + term.a * value_part;
      const Word* const weight = weights + term.b * weight_part;
      if (term.load_a) load_pair<4, 5>(value, value + words);
      if (term.load_b) load_pair<6, 7>(weight, weight + words);
      multiply_four(between);
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
  static void store_four(float* to) {
    constexpr std::int64_t stride = lanes * static_cast<std::int64_t>(sizeof(float));
    Tiles::template store<0>(to, stride);
    Tiles::template store<1>(to + 16, stride);
    Tiles::template store<2>(to + 16 * lanes, stride);
    Tiles::template store<3>(to + 16 * lanes + 16, stride);
  }

  const std::int64_t depth_, value_depth_;
  float* const area_;
};

}  // namespace attnscope::cpu::amx
