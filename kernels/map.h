// map and sampled_map: weights pooled into pixels. A block takes a rectangle of whole pixels past the tiles of cells
// under it: each tile is pooled along its rows, then along its columns, each pixel by one thread in the order of cells.
#pragma once
#include "kernels/score_tile.h"

namespace attnscope::kernels {

struct MapParameters {
  Head head;
  RowList queries;
  const float* a;  // per entry of `queries`
  float a_factor;  // of `a`: -1 where it holds lse
  const float* b;  // per key of the head; null: 0
  // Pixel row y covers the entries [row_edges[y], row_edges[y + 1]) of `queries`, columns alike the keys.
  const int* row_edges;
  const int* column_edges;
  int height, width;              // pixels
  int block_height, block_width;  // pixels a block, at most map_most_rows and map_most_columns
  bool max;
  float* image;           // [height, width]
  std::int64_t* visible;  // [height, width]
};

constexpr int map_most_rows = 32;
constexpr int map_most_columns = 64;

struct MapShared {
  ScoreTile tile;
  double pooled[map_most_rows][map_most_columns];
  std::int64_t visible[map_most_rows][map_most_columns];
  // Of one tile: row r pooled along the columns under a pixel.
  float part[tile_side][map_most_columns + 1];
  unsigned char seen[tile_side][map_most_columns + 4];
};

inline int map_blocks(const MapParameters& p) {
  return divide_up(p.height, p.block_height) * divide_up(p.width, p.block_width);
}

// The pixels of a block, and where its cells are.
struct MapBlock {
  int y0, y1, x0, x1;

  __device__ __forceinline__ MapBlock(const MapParameters& p, int block) {
    const int across = divide_up(p.width, p.block_width);
    y0 = block / across * p.block_height;
    x0 = block % across * p.block_width;
    y1 = lesser(y0 + p.block_height, p.height);
    x1 = lesser(x0 + p.block_width, p.width);
  }
  __device__ __forceinline__ int rows() const { return y1 - y0; }
  __device__ __forceinline__ int columns() const { return x1 - x0; }
};

// The largest log weight is pooled before its exp; less than any score, so that a pixel of weights 0 is not empty.
constexpr float log_of_nothing = -1e30F;

__device__ __forceinline__ void pool_along_rows(const MapParameters& p, const MapBlock& block, int q_begin, int k_begin,
                                                MapShared& shared) {
  for (int e = static_cast<int>(threadIdx.x); e < tile_side * block.columns(); e += threads) {
    const int row = e % tile_side;
    const int x = e / tile_side;
    const int begin = greater(p.column_edges[block.x0 + x] - k_begin, 0);
    const int end = lesser(p.column_edges[block.x0 + x + 1] - k_begin, tile_side);
    const float a = q_begin + row < p.queries.count ? usable_bias(p.a_factor * p.a[q_begin + row]) : 0;
    float pooled = p.max ? log_of_nothing : 0;
    int seen = 0;
    for (int column = begin; column < end; ++column) {
      const float s = shared.tile.s[row][column];
      if (!(s > -infinity)) continue;
      const float log_weight = s + a + (p.b == nullptr ? 0 : p.b[k_begin + column]);
      pooled = p.max ? fmaxf(pooled, log_weight) : pooled + expf(log_weight);
      ++seen;
    }
    shared.part[row][x] = pooled;
    shared.seen[row][x] = static_cast<unsigned char>(seen);
  }
}

__device__ __forceinline__ void pool_along_columns(const MapParameters& p, const MapBlock& block, int q_begin,
                                                   MapShared& shared) {
  for (int e = static_cast<int>(threadIdx.x); e < block.rows() * block.columns(); e += threads) {
    const int y = e / block.columns();
    const int x = e % block.columns();
    const int begin = greater(p.row_edges[block.y0 + y] - q_begin, 0);
    const int end = lesser(p.row_edges[block.y0 + y + 1] - q_begin, tile_side);
    double pooled = shared.pooled[y][x];
    int seen = 0;
    for (int row = begin; row < end; ++row) {
      const double part = shared.part[row][x];
      pooled = p.max ? greater(pooled, part) : pooled + part;
      seen += shared.seen[row][x];
    }
    shared.pooled[y][x] = pooled;
    shared.visible[y][x] += seen;
  }
}

__device__ __forceinline__ float pixel_value(const MapParameters& p, double pooled, std::int64_t visible) {
  if (visible == 0) return NAN;
  return p.max ? expf(static_cast<float>(pooled)) : static_cast<float>(pooled / static_cast<double>(visible));
}

template <class Number>
__global__ void __launch_bounds__(threads) map(const MapParameters p, const int first_block) {
  MapShared& shared = shared_as<MapShared>();
  const MapBlock block(p, first_block + static_cast<int>(blockIdx.x));
  const RowList keys{nullptr, 0, p.head.n_k};
  for (int e = static_cast<int>(threadIdx.x); e < block.rows() * block.columns(); e += threads) {
    shared.pooled[e / block.columns()][e % block.columns()] = p.max ? log_of_nothing : 0;
    shared.visible[e / block.columns()][e % block.columns()] = 0;
  }
  for (int q_begin = p.row_edges[block.y0]; q_begin < p.row_edges[block.y1]; q_begin += tile_side) {
    for (int k_begin = p.column_edges[block.x0]; k_begin < p.column_edges[block.x1]; k_begin += tile_side) {
      if (!score_tile<Number>(p.head, p.queries, q_begin, keys, k_begin, shared.tile)) continue;
      pool_along_rows(p, block, q_begin, k_begin, shared);
      __syncthreads();
      pool_along_columns(p, block, q_begin, shared);  // done with part before a later tile's barriers
    }
  }
  for (int e = static_cast<int>(threadIdx.x); e < block.rows() * block.columns(); e += threads) {
    const int y = e / block.columns();
    const int x = e % block.columns();
    const std::int64_t pixel = static_cast<std::int64_t>(block.y0 + y) * p.width + block.x0 + x;
    p.image[pixel] = pixel_value(p, shared.pooled[y][x], shared.visible[y][x]);
    p.visible[pixel] = shared.visible[y][x];
  }
}

}  // namespace attnscope::kernels
