// The fused forward of 16-bit numbers for sm_90: scores and sums in float32, P rounded to the type of v. A block takes
// 128 queries. One thread has the copy engine bring the tiles of keys and values that any of them sees; two warpgroups
// of 64 queries each multiply, the scores of a tile while P of the tile before meets its values, and while one
// multiplies the other is at its softmax (Shah et al. 2024, FlashAttention-3).
#pragma once
#include "kernels/forward_half.h"
#include "kernels/instructions_hopper.h"

namespace attnscope::kernels {

// Of the matrices of one head, in boxes of 128 queries and of HopperShared::keys keys.
struct HopperMaps {
  TensorMap q, k, v;
};

struct HopperParameters {
  const ForwardHead* heads;    // their queries are ranges, not lists
  const HopperMaps* maps;      // of the heads
  const ForwardBlock* blocks;  // in the order in which they begin
};

// What the keys of a stage are; k_begin of the head's n_k after the last.
struct KeyTile {
  int k_begin;
  BlockState state;
};

// head_dim and the width of v, both padded to D: 64, 128 or 256.
template <int D>
struct HopperShared {
  static constexpr int queries = 128;
  static constexpr int keys = D <= 128 ? 128 : 64;  // of a tile
  static constexpr int stages = 2;
  static constexpr int boxes = D / 64;
  alignas(1024) std::uint16_t q[boxes][queries * 64];
  std::uint16_t k[stages][boxes][keys * 64];
  std::uint16_t v[stages][boxes][keys * 64];
  KeyTile tile[stages];
  Mbarrier q_there;
  Mbarrier k_there[stages], k_free[stages];
  Mbarrier v_there[stages], v_free[stages];
};

constexpr int multiplying_warps = 8;  // warpgroups 1 and 2; of warpgroup 0 one thread copies

// Where tiles go round by round: the stage, and the parity of the phases of its barriers.
template <int stages>
struct Round {
  int stage = 0;
  int parity = 0;

  __device__ __forceinline__ Round next() const {
    return stage + 1 < stages ? Round{stage + 1, parity} : Round{0, parity ^ 1};
  }
};

template <int D>
__device__ __forceinline__ void copy_boxes(std::uint16_t (&to)[D / 64][HopperShared<D>::keys * 64],
                                           const TensorMap& map, int row, Mbarrier& there) {
  arrive_expecting(there, sizeof(to));
#pragma unroll
  for (int box = 0; box < D / 64; ++box) copy_box(to[box], map, row, box * 64, there);
}

// What the copying thread does: fills stages as they become free.
template <int D>
__device__ __forceinline__ void copy_tiles(const HopperParameters& p, const ForwardBlock& block,
                                           HopperShared<D>& shared) {
  using Shared = HopperShared<D>;
  const HopperMaps& maps = p.maps[block.head];
  const ForwardHead& work = p.heads[block.head];
  const Head& head = work.head;
  const int rows = lesser(Shared::queries, work.queries.count - block.q_begin);
  const KeyRange queries = work.queries.span(block.q_begin, rows);
  acquire_map(maps.q);
  acquire_map(maps.k);
  acquire_map(maps.v);
  arrive_expecting(shared.q_there, sizeof(shared.q));
  for (int box = 0; box < Shared::boxes; ++box)
    copy_box(shared.q[box], maps.q, static_cast<int>(queries.begin), box * 64, shared.q_there);
  Round<Shared::stages> round;
  for (int from = 0;; round = round.next()) {
    const NextTile tile(head, queries, from, Shared::keys);
    wait(shared.k_free[round.stage], round.parity ^ 1);
    from = tile.k_begin + Shared::keys;
    const bool whole = tile.state == BlockState::all && from <= head.n_k;
    shared.tile[round.stage] = {tile.k_begin, whole ? BlockState::all : BlockState::some};
    if (tile.k_begin >= head.n_k) return arrive(shared.k_there[round.stage]);
    copy_boxes<D>(shared.k[round.stage], maps.k, tile.k_begin, shared.k_there[round.stage]);
    wait(shared.v_free[round.stage], round.parity ^ 1);
    copy_boxes<D>(shared.v[round.stage], maps.v, tile.k_begin, shared.v_there[round.stage]);
  }
}

// The keys that query i sees, ready to be asked for many: of [begin, end) and [0, sinks) those whose bit is set.
struct SeenKeys {
  int begin, end, sinks;
  const std::uint64_t* row = nullptr;  // of the bitmap; null: every bit is set
  unsigned block = 1;

  __device__ __forceinline__ SeenKeys(const Mask& mask, int i, int n_k) {
    const KeyRange window = mask.visible_range(i, n_k);
    std::int64_t limit = lesser<std::int64_t>(n_k, mask.n_valid);
    if (mask.causal) limit = lesser<std::int64_t>(limit, i + mask.offset + 1);
    begin = static_cast<int>(lesser<std::int64_t>(window.begin, n_k));
    end = static_cast<int>(lesser<std::int64_t>(window.end, n_k));
    sinks = static_cast<int>(lesser(limit, mask.sinks));
    if (mask.bitmap.bits == nullptr) return;
    row = mask.bitmap.bits + (i + mask.offset) / mask.bitmap.block * mask.bitmap.stride;
    block = static_cast<unsigned>(lesser<std::int64_t>(mask.bitmap.block, 1U << 31U));
  }
  __device__ __forceinline__ bool has(int j) const {
    if (!((j >= begin && j < end) || j < sinks)) return false;
    if (row == nullptr) return true;
    const unsigned bit = static_cast<unsigned>(j) / block;
    return (row[bit / 64] >> (bit % 64) & 1U) != 0;
  }
};

// A multiplying warpgroup: of its 64 queries a lane has two rows, 8 apart, of each 8 keys or columns two.
template <class Number, int D>
struct HopperGroup {
  using Shared = HopperShared<D>;
  static constexpr int keys = Shared::keys;
  static constexpr int stages = Shared::stages;
  const ForwardHead& work;
  Shared& shared;
  int q_begin;  // of the block
  int group = static_cast<int>(threadIdx.x) / 128 - 1;
  int lane = static_cast<int>(threadIdx.x) % 32;
  int row0 = static_cast<int>(threadIdx.x) % 128 / 32 * 16 + group * 64 + lane / 4;
  // Products are scores but for a factor where nothing else is asked of them; exp(s) is 2^(score * unit).
  bool plain = work.head.cap == 0 && work.head.slope == 0 && work.head.scale > 0;
  float unit = log2_e * (plain ? work.head.scale : 1);
  float o[D / 2] = {};
  float s[keys / 2] = {};
  unsigned p[keys / 16][4] = {};
  float base[2] = {-infinity, -infinity};  // the largest score so far, times unit
  Sum sum[2] = {};

  static constexpr float log2_e = 1.44269504F;

  __device__ __forceinline__ int entry(int half) const { return q_begin + row0 + half * 8; }
  __device__ __forceinline__ int column(int e) const { return e / 4 * 8 + lane % 4 * 2 + e % 2; }

  // s = Q K^T.
  __device__ __forceinline__ void multiply_keys(int stage) {
#pragma unroll
    for (int step = 0; step < D / 16; ++step) {
      const int box = step / 4;
      const int first = step % 4 * 16;
      multiply_tiles(Number{}, s, describe_tile(&shared.q[box][group * 64 * 64 + first], 0),
                     describe_tile(&shared.k[stage][box][first], 0), step != 0);
    }
    commit_products();
  }

  // o += P V.
  __device__ __forceinline__ void multiply_values(int stage) {
#pragma unroll
    for (int step = 0; step < keys / 16; ++step)
      multiply_tiles(Number{}, o, p[step],
                     describe_tile(&shared.v[stage][0][step * 16 * 64], sizeof(shared.v[stage][0])));
    commit_products();
  }

  // One lane a warp says that its warp has read a stage.
  __device__ __forceinline__ void free(Mbarrier& barrier) const {
    if (lane == 0) arrive(barrier);
  }

  // Products become scores, hidden ones -infinity.
  __device__ __forceinline__ void finish_scores(const KeyTile& tile) {
    const Head& head = work.head;
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const int i = work.queries.at(lesser(entry(half), work.queries.count - 1));
      if (!plain) {
#pragma unroll
        for (int e = 2 * half; e < keys / 2; e += e % 2 == 0 ? 1 : 3)
          s[e] = finished_score(head, s[e], i, tile.k_begin + column(e));
      }
      if (tile.state == BlockState::all) continue;
      const SeenKeys seen(head.mask, i, head.n_k);
#pragma unroll
      for (int e = 2 * half; e < keys / 2; e += e % 2 == 0 ? 1 : 3) {
        if (!seen.has(tile.k_begin + column(e))) s[e] = -infinity;
      }
    }
  }

  // Scores become exp(s - largest); returns what was summed before must be multiplied by.
  __device__ __forceinline__ float soften(int half) {
    float top = -infinity;
#pragma unroll
    for (int e = 2 * half; e < keys / 2; e += 4) top = fmaxf(top, fmaxf(s[e], s[e + 1]));
    top = fmaxf(top, __shfl_xor_sync(~0U, top, 1));
    top = fmaxf(top, __shfl_xor_sync(~0U, top, 2));
    const float next = fmaxf(base[half], top * unit);
    const float used = next == -infinity ? 0 : next;
    const float factor = exp2_fast(base[half] - used);
    base[half] = next;
    float part = 0;
#pragma unroll
    for (int e = 2 * half; e < keys / 2; e += 4) {
      s[e] = exp2_fast(s[e] * unit - used);
      s[e + 1] = exp2_fast(s[e + 1] * unit - used);
      part += s[e] + s[e + 1];
    }
    sum[half].scale(factor);
    sum[half].add(part);
    return factor;
  }

  // P as the products take it.
  __device__ __forceinline__ void pack_weights() {
#pragma unroll
    for (int i = 0; i < keys / 4; ++i) p[i / 4][i % 4] = pack(Number{}, s[2 * i], s[2 * i + 1]);
  }

  __device__ __forceinline__ void scale_o(int half, float factor) {
#pragma unroll
    for (int c = 2 * half; c < D / 2; c += 4) {
      o[c] *= factor;
      o[c + 1] *= factor;
    }
  }

  // The groups take turns at issuing products.
  __device__ __forceinline__ void await_turn() const { named_barrier_sync(1 + group, 256); }
  __device__ __forceinline__ void pass_turn() const { named_barrier_arrive(2 - group, 256); }

  // Past all tiles; the products of a tile's scores and of the values of the one before are under way together.
  __device__ __forceinline__ void run() {
    Round<stages> round;
    wait(shared.q_there, 0);
    wait(shared.k_there[0], 0);
    KeyTile tile = shared.tile[0];
    if (tile.k_begin >= work.head.n_k) return;
    if (group == 1) pass_turn();  // group 0 begins
    begin_products(s);
    multiply_keys(0);
    wait_for_products<0>(s);
    free(shared.k_free[0]);
    finish_scores(tile);
    soften(0);
    soften(1);
    pack_weights();
    for (;;) {
      const Round<stages> next = round.next();
      wait(shared.k_there[next.stage], next.parity);
      tile = shared.tile[next.stage];
      await_turn();
      if (tile.k_begin >= work.head.n_k) break;
      begin_products(s);
      multiply_keys(next.stage);
      wait(shared.v_there[round.stage], round.parity);
      begin_products(o, p);
      multiply_values(round.stage);
      pass_turn();
      wait_for_products<1>(s);
      free(shared.k_free[next.stage]);
      finish_scores(tile);
      const float factors[2] = {soften(0), soften(1)};
      wait_for_products<0>(o, p);
      free(shared.v_free[round.stage]);
      scale_o(0, factors[0]);
      scale_o(1, factors[1]);
      pack_weights();
      round = next;
    }
    wait(shared.v_there[round.stage], round.parity);
    begin_products(o, p);
    multiply_values(round.stage);
    if (group == 0) pass_turn();
    wait_for_products<0>(o, p);
  }

  __device__ __forceinline__ void write(int half) {
    constexpr float ln_2 = 0.693147181F;
    float total = sum[half].value;
    total += __shfl_xor_sync(~0U, total, 1);
    total += __shfl_xor_sync(~0U, total, 2);
    const FinishedRow finished(base[half] * ln_2, total, work.head.sink_logit);
    if (entry(half) >= work.queries.count) return;
    if (work.lse != nullptr && lane % 4 == 0) work.lse[entry(half)] = finished.lse;
    if (work.o == nullptr) return;
    float* row = work.o + static_cast<std::int64_t>(entry(half)) * work.head.value_dim;
#pragma unroll
    for (int e = 2 * half; e < D / 2; e += e % 2 == 0 ? 1 : 3) {
      if (column(e) < work.head.value_dim) row[column(e)] = o[e] * finished.factor;
    }
  }
};

template <class Number, int D>
__global__ void __launch_bounds__(hopper_threads, 1) forward_hopper(const HopperParameters p, const int first_block) {
  using Shared = HopperShared<D>;
  Shared& shared = shared_as<Shared>();
  if (threadIdx.x == 0) {
    init(shared.q_there, 1);
    for (int stage = 0; stage < Shared::stages; ++stage) {
      init(shared.k_there[stage], 1);
      init(shared.v_there[stage], 1);
      init(shared.k_free[stage], multiplying_warps);
      init(shared.v_free[stage], multiplying_warps);
    }
    publish_barriers();
  }
  __syncthreads();
  const ForwardBlock& block = p.blocks[first_block + static_cast<int>(blockIdx.x)];
  if (threadIdx.x < 128) {
    shrink_registers<56>();
    if (threadIdx.x == 0) copy_tiles<D>(p, block, shared);
    return;
  }
  grow_registers<224>();
  HopperGroup<Number, D> group{p.heads[block.head], shared, block.q_begin};
  group.run();
  group.write(0);
  group.write(1);
}

}  // namespace attnscope::kernels
