// 64 queries against 64 keys in float32: the scores of one tile in shared memory, which every op but the fused forward
// of 16-bit numbers starts from. Products are sums over head_dim in its order.
#pragma once
#include "kernels/head.h"

namespace attnscope::kernels {

constexpr int tile_side = 64;

struct ScoreTile {
  static constexpr int depth = 16;  // dimensions at a time
  alignas(16) float q[depth][tile_side + 4];
  float k[depth][tile_side + 4];
  float s[tile_side][tile_side + 1];  // a column apart from the next bank, so that rows and columns are read at speed
};

template <class Number>
struct alignas(4 * sizeof(Number)) FourNumbers {
  Number x[4];
};

// The dimensions [first_dim, first_dim + depth) of up to 64 rows, transposed; rows beyond the list are zero.
template <class Number>
__device__ __forceinline__ void load_transposed(float (&to)[ScoreTile::depth][tile_side + 4], const void* matrix,
                                                int width, int first_dim, const RowList& list, int begin) {
  constexpr int quads = ScoreTile::depth / 4;
  for (int e = static_cast<int>(threadIdx.x); e < tile_side * quads; e += threads) {
    const int row = e / quads;
    const int dim = e % quads * 4;
    FourNumbers<Number> numbers{};
    if (begin + row < list.count) {
      const std::int64_t place = static_cast<std::int64_t>(list.at(begin + row)) * width + first_dim + dim;
      numbers = *reinterpret_cast<const FourNumbers<Number>*>(static_cast<const Number*>(matrix) + place);
    }
    for (int c = 0; c < 4; ++c) to[dim + c][row] = to_float(numbers.x[c]);
  }
}

// What a thread holds of the tile: rows row0 + [0, 8), columns column0 + [0, 4).
struct MicroTile {
  int row0 = static_cast<int>(threadIdx.x) / 16 * 8;
  int column0 = static_cast<int>(threadIdx.x) % 16 * 4;
};

// Sums of 16 dimensions are made apart and added with what their additions lose: scores decide how P is
// shared out among large ones, so their last bits count.
struct MicroSums {
  float value[8][4] = {};
  float lost[8][4] = {};

  __device__ __forceinline__ void add_products(const ScoreTile& tile, const MicroTile& mine) {
#pragma unroll
    for (int half = 0; half < 8; half += 4) {  // half the rows at a time, for want of registers
      float part[4][4] = {};
#pragma unroll 4
      for (int dim = 0; dim < ScoreTile::depth; ++dim) {
        float q[4], k[4];
#pragma unroll
        for (int r = 0; r < 4; ++r) q[r] = tile.q[dim][mine.row0 + half + r];
#pragma unroll
        for (int c = 0; c < 4; ++c) k[c] = tile.k[dim][mine.column0 + c];
#pragma unroll
        for (int r = 0; r < 4; ++r) {
#pragma unroll
          for (int c = 0; c < 4; ++c) part[r][c] += q[r] * k[c];
        }
      }
#pragma unroll
      for (int r = 0; r < 4; ++r) {
#pragma unroll
        for (int c = 0; c < 4; ++c) add_to(value[half + r][c], lost[half + r][c], part[r][c]);
      }
    }
  }
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
  const MicroTile mine;
  MicroSums sums;
  for (int dim = 0; dim < head.width; dim += ScoreTile::depth) {
    load_transposed<Number>(tile.q, head.q, head.width, dim, queries, q_begin);
    load_transposed<Number>(tile.k, head.k, head.width, dim, keys, k_begin);
    __syncthreads();
    sums.add_products(tile, mine);
    __syncthreads();
  }
#pragma unroll
  for (int r = 0; r < 8; ++r) {
    const int row = mine.row0 + r;
    const int i = row < rows ? queries.at(q_begin + row) : 0;
#pragma unroll
    for (int c = 0; c < 4; ++c) {
      const int column = mine.column0 + c;
      const int j = column < columns ? keys.at(k_begin + column) : 0;
      const bool seen = row < rows && column < columns && (state == BlockState::all || head.mask.visible(i, j));
      tile.s[row][column] = seen ? finished_score(head, sums.value[r][c], i, j) : -infinity;
    }
  }
  __syncthreads();
  return true;
}

}  // namespace attnscope::kernels
