// 64 queries against 64 keys: the scores of one tile in shared memory, which every op but the fused forward of 16-bit
// numbers starts from.
#pragma once
#include "kernels/products_half.h"

namespace attnscope::kernels {

struct ScoreTile {
  union {
    FloatStage floats;
    HalfStage halves;
  };
  float s[tile_side][tile_side + 1];  // a column apart from the next bank, so that rows and columns are read at speed
};

// How products of a type are made, and where their operands lie.
template <class Number>
struct ProductsOf {
  using Products = HalfProducts<Number>;
  static __device__ __forceinline__ HalfStage& stage(ScoreTile& tile) { return tile.halves; }
};
template <>
struct ProductsOf<float> {
  using Products = FloatProducts;
  static __device__ __forceinline__ FloatStage& stage(ScoreTile& tile) { return tile.floats; }
};

// Fills tile.s with s[i,j] of the entries [q_begin, +64) of `queries` and [k_begin, +64) of `keys`: -infinity where the
// mask hides or a list has ended. All threads call it; what they read of the tile before is read. False, and nothing
// written, where no query sees a key. tile.s can be read when it returns.
template <class Number>
__device__ __forceinline__ bool score_tile(const Head& head, const RowList& queries, int q_begin, const RowList& keys,
                                           int k_begin, ScoreTile& tile) {
  const int rows = lesser(tile_side, queries.count - q_begin);
  const int columns = lesser(tile_side, keys.count - k_begin);
  const KeyRange q_span = queries.span(q_begin, rows);
  const KeyRange k_span = keys.span(k_begin, columns);
  const BlockState state = head.mask.block_state(q_span.begin, q_span.end, k_span.begin, k_span.end);
  if (state == BlockState::none) return false;
  using Products = typename ProductsOf<Number>::Products;
  auto& stage = ProductsOf<Number>::stage(tile);
  Products products;
  for (int dim = 0; dim < head.width; dim += Products::depth) {
    Products::load(stage.q, head.q, head.width, dim, queries, q_begin);
    Products::load(stage.k, head.k, head.width, dim, keys, k_begin);
    Products::wait();
    __syncthreads();
    products.add(stage, head.width - dim);
    __syncthreads();
  }
  products.for_each([&](int row, int column, float product) {
    const int i = row < rows ? queries.at(q_begin + row) : 0;
    const int j = column < columns ? keys.at(k_begin + column) : 0;
    const bool seen = row < rows && column < columns && (state == BlockState::all || head.mask.visible(i, j));
    tile.s[row][column] = seen ? finished_score(head, product, i, j) : -infinity;
  });
  __syncthreads();
  return true;
}

}  // namespace attnscope::kernels
