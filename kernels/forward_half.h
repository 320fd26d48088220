// The fused forward of 16-bit numbers on the tensor cores (mma.sync, sm_80 and up): scores and sums in float32, P
// rounded to the type of v. A block takes 64 queries, a warp 16 of them, past the tiles of keys that any of them sees;
// the next tile is copied while one is worked on (Dao 2023, FlashAttention-2).
#pragma once
#include "kernels/forward_float.h"

namespace attnscope::kernels {

// head_dim and the width of v, both padded to D: 64, 128 or 256.
template <int D>
struct HalfShared {
  static constexpr int keys = D <= 128 ? 64 : 32;  // of a tile
  std::uint16_t q[tile_side * D];
  std::uint16_t k[2][keys * D];
  std::uint16_t v[2][keys * D];

  // Where 8 numbers of a row begin: permuted so that the same place of 8 rows lies in 8 different groups of banks.
  static __device__ __forceinline__ int place(int row, int chunk) { return row * D + (chunk ^ (row & 7)) * 8; }
};

// Copies rows [begin, begin + rows) of a matrix, zeros beyond `end` and beyond its width.
template <int D>
__device__ __forceinline__ void copy_tile(std::uint16_t* to, const void* matrix, int width, int begin, int rows,
                                          int end) {
  for (int e = static_cast<int>(threadIdx.x); e < rows * (D / 8); e += threads) {
    const int row = e / (D / 8);
    const int chunk = e % (D / 8);
    const bool there = begin + row < end && chunk * 8 < width;
    const std::int64_t from = there ? static_cast<std::int64_t>(begin + row) * width + chunk * 8 : 0;
    copy_16_bytes(to + HalfShared<D>::place(row, chunk), static_cast<const std::uint16_t*>(matrix) + from, there);
  }
}

// What a warp holds: of its 16 queries lane 4 g + t has rows g and g + 8, of each 8 keys or columns 2 t and 2 t + 1.
template <class Number, int D>
struct HalfWarp {
  static constexpr int keys = HalfShared<D>::keys;
  const ForwardHead& work;
  const HalfShared<D>& shared;
  int q_begin;  // of the block
  int lane = static_cast<int>(threadIdx.x) % 32;
  int row0 = static_cast<int>(threadIdx.x) / 32 * 16;
  float o[D / 8][4] = {};
  float largest[2] = {-infinity, -infinity};
  Sum sum[2] = {};

  __device__ __forceinline__ int entry(int half) const { return q_begin + row0 + lane / 4 + half * 8; }

  // s = Q K^T, then the score and the mask.
  __device__ __forceinline__ void score(float (&s)[keys / 8][4], int stage, int k_begin, BlockState state) const {
#pragma unroll
    for (int step = 0; step < D / 16; ++step) {
      unsigned q[4];
      load_matrices(q, &shared.q[HalfShared<D>::place(row0 + lane % 16, step * 2 + lane / 16)]);
#pragma unroll
      for (int group = 0; group < keys / 16; ++group) {
        unsigned k[4];
        const int row = group * 16 + lane % 8 + lane / 16 * 8;
        load_matrices(k, &shared.k[stage][HalfShared<D>::place(row, step * 2 + lane / 8 % 2)]);
        multiply(Number{}, s[group * 2], q, k[0], k[1]);
        multiply(Number{}, s[group * 2 + 1], q, k[2], k[3]);
      }
    }
    const Head& head = work.head;
#pragma unroll
    for (int group = 0; group < keys / 8; ++group) {
#pragma unroll
      for (int e = 0; e < 4; ++e) {
        const int j = k_begin + group * 8 + lane % 4 * 2 + e % 2;
        const bool real = entry(e / 2) < work.queries.count && j < head.n_k;
        const int i = real ? work.queries.at(entry(e / 2)) : 0;
        const bool seen = real && (state == BlockState::all || head.mask.visible(i, j));
        s[group][e] = seen ? finished_score(head, s[group][e], i, j) : -infinity;
      }
    }
  }

  // Scores become exp(s - largest); what was summed before is brought to the new largest.
  __device__ __forceinline__ void soften(float (&s)[keys / 8][4], int half) {
    constexpr float log2_e = 1.44269504F;
    float next = largest[half];
#pragma unroll
    for (int group = 0; group < keys / 8; ++group)
      next = fmaxf(next, fmaxf(s[group][2 * half], s[group][2 * half + 1]));
    next = fmaxf(next, __shfl_xor_sync(~0U, next, 1));
    next = fmaxf(next, __shfl_xor_sync(~0U, next, 2));
    const float base = next == -infinity ? 0 : next;
    const float factor = exp2_fast((largest[half] - base) * log2_e);
    largest[half] = next;
    float part = 0;
#pragma unroll
    for (int group = 0; group < keys / 8; ++group) {
#pragma unroll
      for (int e = 2 * half; e < 2 * half + 2; ++e) part += s[group][e] = exp2_fast((s[group][e] - base) * log2_e);
    }
    sum[half].scale(factor);
    sum[half].add(part);
#pragma unroll
    for (int column = 0; column < D / 8; ++column) {
      o[column][2 * half] *= factor;
      o[column][2 * half + 1] *= factor;
    }
  }

  // o += P V.
  __device__ __forceinline__ void add_values(const float (&p)[keys / 8][4], int stage) {
#pragma unroll
    for (int group = 0; group < keys / 16; ++group) {
      const float(&left)[4] = p[2 * group];
      const float(&right)[4] = p[2 * group + 1];
      const unsigned packed[4] = {pack(Number{}, left[0], left[1]), pack(Number{}, left[2], left[3]),
                                  pack(Number{}, right[0], right[1]), pack(Number{}, right[2], right[3])};
#pragma unroll
      for (int step = 0; step < D / 16; ++step) {
        unsigned v[4];
        load_matrices_transposed(v,
                                 &shared.v[stage][HalfShared<D>::place(group * 16 + lane % 16, step * 2 + lane / 16)]);
        multiply(Number{}, o[2 * step], packed, v[0], v[1]);
        multiply(Number{}, o[2 * step + 1], packed, v[2], v[3]);
      }
    }
  }

  __device__ __forceinline__ void write(int half) {
    float total = sum[half].value;
    total += __shfl_xor_sync(~0U, total, 1);
    total += __shfl_xor_sync(~0U, total, 2);
    const FinishedRow finished(largest[half], total, work.head.sink_logit);
    if (entry(half) >= work.queries.count) return;
    if (work.lse != nullptr && lane % 4 == 0) work.lse[entry(half)] = finished.lse;
    if (work.o == nullptr) return;
    float* row = work.o + static_cast<std::int64_t>(entry(half)) * work.head.value_dim;
#pragma unroll
    for (int column = 0; column < D / 8; ++column) {
#pragma unroll
      for (int e = 0; e < 2; ++e) {
        const int c = column * 8 + lane % 4 * 2 + e;
        if (c < work.head.value_dim) row[c] = o[column][2 * half + e] * finished.factor;
      }
    }
  }
};

// The first tile from `k_begin` on that some query of the block sees, and how much of it; n_k or more at the end.
struct NextTile {
  int k_begin;
  BlockState state = BlockState::none;

  __device__ __forceinline__ NextTile(const Head& head, KeyRange queries, int from, int keys) : k_begin(from) {
    for (; k_begin < head.n_k; k_begin += keys) {
      state = head.mask.block_state(queries.begin, queries.end, k_begin, lesser(k_begin + keys, head.n_k));
      if (state != BlockState::none) return;
    }
  }
};

template <class Number, int D>
__global__ void __launch_bounds__(threads) forward_half(const ForwardParameters p, const int first_block) {
  constexpr int keys = HalfShared<D>::keys;
  HalfShared<D>& shared = shared_as<HalfShared<D>>();
  const ForwardBlock block = p.blocks[first_block + static_cast<int>(blockIdx.x)];
  const ForwardHead& work = p.heads[block.head];
  const Head& head = work.head;
  const int rows = lesser(tile_side, work.queries.count - block.q_begin);
  const KeyRange queries = work.queries.span(block.q_begin, rows);
  const int end = static_cast<int>(lesser<std::int64_t>(head.n_k, head.mask.n_valid));  // padding may hold anything
  const auto copy = [&](int stage, int k_begin) {
    copy_tile<D>(shared.k[stage], head.k, head.width, k_begin, keys, end);
    copy_tile<D>(shared.v[stage], head.v, head.value_width, k_begin, keys, end);
    commit_copies();
  };
  HalfWarp<Number, D> warp{work, shared, block.q_begin};
  NextTile tile(head, queries, 0, keys);
  copy_tile<D>(shared.q, head.q, head.width, static_cast<int>(queries.begin), tile_side, head.n_q);
  if (tile.k_begin < head.n_k) copy(0, tile.k_begin);
  for (int stage = 0; tile.k_begin < head.n_k; stage ^= 1) {
    const NextTile next(head, queries, tile.k_begin + keys, keys);
    if (next.k_begin < head.n_k) {
      copy(stage ^ 1, next.k_begin);
      wait_for_copies<1>();
    } else {
      wait_for_copies<0>();
    }
    __syncthreads();  // the tile is there for all
    float s[keys / 8][4] = {};
    warp.score(s, stage, tile.k_begin, tile.state);
    warp.soften(s, 0);
    warp.soften(s, 1);
    warp.add_values(s, stage);
    __syncthreads();  // all have read it: the tile after the next may take its place
    tile = next;
  }
  warp.write(0);
  warp.write(1);
}

}  // namespace attnscope::kernels
