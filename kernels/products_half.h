// Dot products of 64 queries and 64 keys of 16-bit numbers on the tensor cores (mma.sync), summed in float32.
#pragma once
#include "kernels/products_float.h"

namespace attnscope::kernels {

// 64 dimensions at a time, rows as they are stored, 8 numbers permuted so that the same place of 8 rows lies in 8
// different groups of banks.
struct HalfStage {
  static constexpr int depth = 64;
  alignas(128) std::uint16_t q[tile_side * depth];
  std::uint16_t k[tile_side * depth];

  static __device__ __forceinline__ int place(int row, int chunk) { return row * depth + (chunk ^ (row & 7)) * 8; }
};

// A warp has 16 queries: lane 4 g + t rows g and g + 8 of them, of each 8 keys 2 t and 2 t + 1.
template <class Number>
struct HalfProducts {
  static constexpr int depth = HalfStage::depth;
  int lane = static_cast<int>(threadIdx.x) % 32;
  int row0 = static_cast<int>(threadIdx.x) / 32 * 16;
  float value[tile_side / 8][4] = {};

  // The dimensions [dim, dim + depth) of the entries [begin, begin + 64) of a list, as far as there are some; rows
  // beyond it are zero. There after wait() and a barrier.
  static __device__ __forceinline__ void load(std::uint16_t (&to)[tile_side * depth], const void* matrix, int width,
                                              int dim, const RowList& list, int begin) {
    const int chunks = lesser(depth, width - dim) / 8;
    for (int e = static_cast<int>(threadIdx.x); e < tile_side * chunks; e += threads) {
      const int row = e / chunks;
      const int chunk = e % chunks;
      const bool there = begin + row < list.count;
      const std::int64_t from = there ? static_cast<std::int64_t>(list.at(begin + row)) * width + dim + chunk * 8 : 0;
      copy_16_bytes(to + HalfStage::place(row, chunk), static_cast<const std::uint16_t*>(matrix) + from, there);
    }
    commit_copies();
  }
  static __device__ __forceinline__ void wait() { wait_for_copies<0>(); }

  // The first `dims` of the stage's dimensions, a multiple of 16.
  __device__ __forceinline__ void add(const HalfStage& stage, int dims) {
#pragma unroll
    for (int step = 0; step < depth / 16; ++step) {
      if (step * 16 >= dims) return;
      unsigned q[4];
      load_matrices(q, &stage.q[HalfStage::place(row0 + lane % 16, step * 2 + lane / 16)]);
#pragma unroll
      for (int group = 0; group < tile_side / 16; ++group) {
        unsigned k[4];
        const int row = group * 16 + lane % 8 + lane / 16 * 8;
        load_matrices(k, &stage.k[HalfStage::place(row, step * 2 + lane / 8 % 2)]);
        multiply(Number{}, value[group * 2], q, k[0], k[1]);
        multiply(Number{}, value[group * 2 + 1], q, k[2], k[3]);
      }
    }
  }

  template <class Visit>
  __device__ __forceinline__ void for_each(Visit visit) const {
#pragma unroll
    for (int group = 0; group < tile_side / 8; ++group) {
#pragma unroll
      for (int e = 0; e < 4; ++e) visit(row0 + lane / 4 + e / 2 * 8, group * 8 + lane % 4 * 2 + e % 2, value[group][e]);
    }
  }
};

}  // namespace attnscope::kernels
