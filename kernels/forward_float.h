// The fused forward in float32 arithmetic, for any type of number, and lse alone for chosen queries. A block takes 64
// queries past all keys: scores of a tile, running maximum and sum of each row, then P times V (Dao et al. 2022).
#pragma once
#include "kernels/score_tile.h"

namespace attnscope::kernels {

struct ForwardHead {
  Head head;
  RowList queries;
  float* o;    // [entries of queries, value_dim]; null: not wanted
  float* lse;  // [entries of queries]; null: not wanted
};

struct ForwardBlock {
  int head, q_begin;
};

struct ForwardParameters {
  const ForwardHead* heads;
  const ForwardBlock* blocks;  // in the order in which they begin
};

// 64 columns of v a group.
template <int groups>
struct ForwardShared {
  static constexpr int keys_at_once = 16;
  ScoreTile tile;  // s becomes P
  float v[keys_at_once][groups * 64 + 4];
  float factor[tile_side];
};

// The state of a row's softmax, alike in the two lanes that share the row: sum over keys so far of exp(s - largest).
struct RunningSoftmax {
  float largest = -infinity;
  float since = 1;  // the factors since the sums over P V were put by
  Sum sum;

  // Replaces the lane's half of a row of scores by exp(s - largest); returns what older sums must be multiplied by.
  __device__ __forceinline__ float take(float* half_row) {
    float next = largest;
    for (int c = 0; c < tile_side / 2; ++c) next = fmaxf(next, half_row[c]);
    next = fmaxf(next, __shfl_xor_sync(~0U, next, 1));
    const float base = next == -infinity ? 0 : next;  // -inf - -inf would be NaN
    const float factor = expf(largest - base);
    float part = 0;
    for (int c = 0; c < tile_side / 2; ++c) part += half_row[c] = expf(half_row[c] - base);
    largest = next;
    since *= factor;
    sum.scale(factor);
    sum.add(part + __shfl_xor_sync(~0U, part, 1));
    return factor;
  }
};

// lse of a finished row, and what its sum over P V must be multiplied by.
struct FinishedRow {
  float lse, factor;

  __device__ __forceinline__ FinishedRow(float largest, float sum, float sink_logit) {
    const float top = fmaxf(largest, sink_logit);
    if (top == -infinity) {
      lse = -infinity;
      factor = 0;
      return;
    }
    const float shrink = expf(largest - top);
    const float total = sum * shrink + expf(sink_logit - top);
    lse = top + logf(total);
    factor = shrink / total;
  }
};

template <class Number, int groups>
__device__ __forceinline__ void load_values(ForwardShared<groups>& shared, const Head& head, int k_begin) {
  constexpr int quads = groups * 16;
  const int end = static_cast<int>(lesser<std::int64_t>(head.n_k, head.mask.n_valid));  // padding may hold anything
  for (int e = static_cast<int>(threadIdx.x); e < shared.keys_at_once * quads; e += threads) {
    const int row = e / quads;
    const int column = e % quads * 4;
    FourNumbers<Number> numbers{};
    if (k_begin + row < end && column < head.value_width) {
      const std::int64_t place = static_cast<std::int64_t>(k_begin + row) * head.value_width + column;
      numbers = *reinterpret_cast<const FourNumbers<Number>*>(static_cast<const Number*>(head.v) + place);
    }
    for (int c = 0; c < 4; ++c) shared.v[row][column + c] = to_float(numbers.x[c]);
  }
}

// o += P V of the tile's 64 keys; 16 of them are summed apart and then added.
template <class Number, int groups>
__device__ __forceinline__ void add_values(float (&o)[groups][8][4], ForwardShared<groups>& shared, const Head& head,
                                           int k_begin, const MicroTile& mine) {
  constexpr int at_once = ForwardShared<groups>::keys_at_once;
  for (int key = 0; key < tile_side && k_begin + key < head.n_k; key += at_once) {
    load_values<Number, groups>(shared, head, k_begin + key);
    __syncthreads();
#pragma unroll
    for (int g = 0; g < groups; ++g) {
#pragma unroll
      for (int half = 0; half < 8; half += 4) {  // half the rows at a time, for want of registers
        float part[4][4] = {};
#pragma unroll 4
        for (int j = 0; j < at_once; ++j) {
#pragma unroll
          for (int r = 0; r < 4; ++r) {
            const float p = shared.tile.s[mine.row0 + half + r][key + j];
#pragma unroll
            for (int c = 0; c < 4; ++c) part[r][c] += p * shared.v[j][g * 64 + mine.column0 + c];
          }
        }
#pragma unroll
        for (int r = 0; r < 4; ++r) {
#pragma unroll
          for (int c = 0; c < 4; ++c) o[g][half + r][c] += part[r][c];
        }
      }
    }
    __syncthreads();
  }
}

// Calls visit(where the number belongs, number, row of the tile) for the thread's numbers that o has room for.
template <int groups, class Visit>
__device__ __forceinline__ void for_each_result(float (&o)[groups][8][4], const ForwardHead& work, int q_begin,
                                                const MicroTile& mine, Visit visit) {
  const int rows = work.queries.count - q_begin - mine.row0;
  const int columns = work.head.value_dim - mine.column0;
  float* to = work.o + static_cast<std::int64_t>(q_begin + mine.row0) * work.head.value_dim + mine.column0;
#pragma unroll
  for (int r = 0; r < 8; ++r, to += work.head.value_dim) {
    if (r >= rows) return;
#pragma unroll
    for (int g = 0; g < groups; ++g) {
#pragma unroll
      for (int c = 0; c < 4; ++c) {
        if (g * 64 + c < columns) visit(to[g * 64 + c], o[g][r][c], mine.row0 + r);
      }
    }
  }
}

// Adds o to the sums in memory, which are to be multiplied by `since` of their rows, and begins anew: every addition
// to a long sum loses something, so that one sum of sums loses less.
template <int groups>
__device__ __forceinline__ void put_by(float (&o)[groups][8][4], ForwardShared<groups>& shared, const ForwardHead& work,
                                       int q_begin, const MicroTile& mine, RunningSoftmax& softmax, bool first) {
  if (threadIdx.x % 2 == 0) shared.factor[threadIdx.x / 2] = softmax.since;
  softmax.since = 1;
  __syncthreads();
  for_each_result(o, work, q_begin, mine, [&](float& sum, float& part, int row) {
    sum = first ? part : sum * shared.factor[row] + part;
    part = 0;
  });
  __syncthreads();  // the factors have been read
}

template <class Number, int groups>
__global__ void __launch_bounds__(threads) forward_float(const ForwardParameters p, const int first_block) {
  ForwardShared<groups>& shared = shared_as<ForwardShared<groups>>();
  const ForwardBlock block = p.blocks[first_block + static_cast<int>(blockIdx.x)];
  const ForwardHead& work = p.heads[block.head];
  const Head& head = work.head;
  const RowList keys{nullptr, 0, head.n_k};
  const MicroTile mine;
  const int row = static_cast<int>(threadIdx.x) / 2;
  const int half = static_cast<int>(threadIdx.x) % 2 * (tile_side / 2);
  RunningSoftmax softmax;
  float o[groups][8][4] = {};
  constexpr int tiles_at_most = 32;  // in o
  int tiles = 0;
  bool first = true;
  for (int k_begin = 0; k_begin < head.n_k; k_begin += tile_side) {
    if (!score_tile<Number>(head, work.queries, block.q_begin, keys, k_begin, shared.tile)) continue;
    const float factor = softmax.take(&shared.tile.s[row][half]);
    if (half == 0) shared.factor[row] = factor;
    __syncthreads();
    if (work.o == nullptr) continue;
#pragma unroll
    for (int g = 0; g < groups; ++g) {
#pragma unroll
      for (int r = 0; r < 8; ++r) {
#pragma unroll
        for (int c = 0; c < 4; ++c) o[g][r][c] *= shared.factor[mine.row0 + r];
      }
    }
    add_values<Number, groups>(o, shared, head, k_begin, mine);
    if (++tiles < tiles_at_most) continue;
    put_by(o, shared, work, block.q_begin, mine, softmax, first);
    tiles = 0;
    first = false;
  }
  if (work.o != nullptr) put_by(o, shared, work, block.q_begin, mine, softmax, first);
  const FinishedRow finished(softmax.largest, softmax.sum.value, head.sink_logit);
  if (half == 0) {
    shared.factor[row] = finished.factor;
    if (work.lse != nullptr && block.q_begin + row < work.queries.count) work.lse[block.q_begin + row] = finished.lse;
  }
  __syncthreads();
  if (work.o == nullptr) return;
  for_each_result(o, work, block.q_begin, mine, [&](float& sum, float, int r) { sum *= shared.factor[r]; });
}

}  // namespace attnscope::kernels
