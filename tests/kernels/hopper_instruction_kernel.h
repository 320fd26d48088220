// A block puts numbers through every instruction of kernels/instructions_hopper.h, as forward_hopper does: a thread
// that copies, two warpgroups that multiply, a kernel for each type and head_dim. Written once, run by the emulation
// and by GPUs of sm_90, as instruction_kernel.h.
#pragma once
#include "kernels/instructions_hopper.h"

namespace attnscope::kernels {

constexpr int hopper_kernels = 6;  // head_dim 64, 128 and 256 in f16, the same in bf16
constexpr int hopper_rounds = 2;   // of whole numbers, whose sums are exact in any order, and of others
constexpr int hopper_lanes = 256;  // threads that multiply, those behind the first 128

// What a round multiplies, 16-bit numbers.
struct HopperOperands {
  std::uint16_t a[128][64];  // half of the rows for each warpgroup
  std::uint16_t b[128][64];
  std::uint16_t values[64][256];
};

struct HopperInstructionInputs {
  HopperOperands operands[2][hopper_rounds];  // in f16, in bf16
  std::uint16_t edge[70][72];                 // boxes of 64 rows and columns do not fill it
};

struct HopperOperandMaps {
  TensorMap a, b, values;
};

struct HopperInstructionMaps {
  HopperOperandMaps operands[2][hopper_rounds];
  TensorMap edge;
};

// `in` lies where the kernel runs.
inline HopperInstructionMaps describe(const HopperInstructionInputs* in,
                                      TensorMap (*describe_matrix)(const BoxedMatrix& matrix)) {
  HopperInstructionMaps maps{};
  for (int type = 0; type < 2; ++type) {
    for (int round = 0; round < hopper_rounds; ++round) {
      const HopperOperands& operands = in->operands[type][round];
      maps.operands[type][round] = {describe_matrix({&operands.a, 128, 64, 128}),
                                    describe_matrix({&operands.b, 128, 64, 128}),
                                    describe_matrix({&operands.values, 64, 256, 64})};
    }
  }
  maps.edge = describe_matrix({&in->edge, 70, 72, 64});
  return maps;
}

// What a multiplying thread makes of a round.
struct HopperRoundResults {
  float scores[64];  // of a and b in shared memory
  float sums[128];   // of a in registers and of values
  unsigned edge[8];  // its share of a box
  int note;          // of the copying thread
  int turn;
};

struct HopperInstructionResults {
  HopperRoundResults rounds[hopper_kernels][hopper_rounds];
  int last_note[hopper_kernels];
};

struct HopperInstructionParameters {
  const HopperInstructionInputs* inputs;
  const HopperInstructionMaps* maps;
  HopperInstructionResults* results;  // [hopper_lanes]
  int kernel;
};

struct HopperInstructionShared {
  alignas(1024) std::uint16_t a[128 * 64];
  std::uint16_t b[128 * 64];
  std::uint16_t values[4][64 * 64];
  unsigned edge[64 * 32];
  int note;
  int turn[128];  // that a thread of one warpgroup hands to its like in the other
  Mbarrier there, gone;
};

// Fills the one stage for each round, then says that there are no more.
__device__ __forceinline__ void bring_rounds(const HopperInstructionParameters& p, HopperInstructionShared& shared) {
  // Boxes of the edge: beyond both ends, inside; its last row, all beyond.
  constexpr int rows[2][hopper_rounds] = {{8, 3}, {69, 70}}, columns[2][hopper_rounds] = {{64, 0}, {8, 0}};
  const int type = p.kernel / 3;
  acquire_map(p.maps->edge);
  for (int round = 0; round < hopper_rounds; ++round) {
    const HopperOperandMaps& maps = p.maps->operands[type][round];
    acquire_map(maps.a);
    acquire_map(maps.b);
    acquire_map(maps.values);
    wait(shared.gone, round % 2 ^ 1);
    shared.note = 100 + round;
    arrive_expecting(shared.there, sizeof(shared.a) + sizeof(shared.b) + sizeof(shared.values) + sizeof(shared.edge));
    copy_box(shared.a, maps.a, 0, 0, shared.there);
    copy_box(shared.b, maps.b, 0, 0, shared.there);
    for (int box = 0; box < 4; ++box) copy_box(shared.values[box], maps.values, 0, box * 64, shared.there);
    copy_box(shared.edge, p.maps->edge, rows[type][round], columns[type][round], shared.there);
  }
  wait(shared.gone, hopper_rounds % 2 ^ 1);
  shared.note = -1;
  arrive(shared.there);
}

// The products of forward_hopper for tiles of `keys` keys and head_dim D, both under way together.
template <class Number, int keys, int D>
__device__ __forceinline__ void put_through_products(const HopperInstructionShared& shared, const HopperOperands& in,
                                                     int group, HopperRoundResults& out) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
  const int row = group * 64 + static_cast<int>(threadIdx.x) % 128 / 32 * 16 + lane / 4;
  unsigned a[4][4];  // as the a of multiply()
#pragma unroll
  for (int i = 0; i < 16; ++i) {
    const std::uint16_t* pair = &in.a[row + i % 2 * 8][i / 4 * 16 + i % 4 / 2 * 8 + lane % 4 * 2];
    a[i / 4][i % 4] = pair[0] | static_cast<unsigned>(pair[1]) << 16U;
  }
  float s[keys / 2], o[D / 2];
#pragma unroll
  for (float& x : s) x = 1000;  // is replaced
#pragma unroll
  for (int i = 0; i < D / 2; ++i) o[i] = static_cast<float>(i % 4);  // is added to
  begin_products(s);
#pragma unroll
  for (int step = 0; step < 4; ++step)
    multiply_tiles(Number{}, s, describe_tile(&shared.a[group * 64 * 64 + step * 16], 0),
                   describe_tile(&shared.b[step * 16], 0), step != 0);
  commit_products();
  begin_products(o, a);
#pragma unroll
  for (int step = 0; step < 4; ++step)
    multiply_tiles(Number{}, o, a[step], describe_tile(&shared.values[0][step * 16 * 64], sizeof(shared.values[0])));
  commit_products();
  wait_for_products<1>(s);
#pragma unroll
  for (int i = 0; i < keys / 2; ++i) out.scores[i] = s[i];
  wait_for_products<0>(o, a);
#pragma unroll
  for (int i = 0; i < D / 2; ++i) out.sums[i] = o[i];
}

template <class Number, int keys, int D>
__global__ void __launch_bounds__(hopper_threads, 1)
    put_through_hopper_instructions(const HopperInstructionParameters p) {
  auto& shared = shared_as<HopperInstructionShared>();
  if (threadIdx.x == 0) {
    init(shared.there, 1);
    init(shared.gone, hopper_lanes);
    publish_barriers();
  }
  if (threadIdx.x < 128) shared.turn[threadIdx.x] = 0;
  __syncthreads();
  if (threadIdx.x < 128) {
    shrink_registers<56>();
    if (threadIdx.x == 0) bring_rounds(p, shared);
    return;
  }
  grow_registers<224>();
  const int thread = static_cast<int>(threadIdx.x) - 128;
  const int group = thread / 128;
  HopperInstructionResults& results = p.results[thread];
  if (group == 1) named_barrier_arrive(1, hopper_lanes);  // group 0 begins
  for (int round = 0; round < hopper_rounds; ++round) {
    HopperRoundResults& out = results.rounds[p.kernel][round];
    wait(shared.there, round % 2);
    out.note = shared.note;
    named_barrier_sync(1 + group, hopper_lanes);
    out.turn = shared.turn[thread % 128]++;
    if (group == 0 || round + 1 < hopper_rounds) named_barrier_arrive(2 - group, hopper_lanes);
    for (int i = 0; i < 8; ++i) out.edge[i] = shared.edge[thread * 8 + i];
    put_through_products<Number, keys, D>(shared, p.inputs->operands[p.kernel / 3][round], group, out);
    arrive(shared.gone);
  }
  wait(shared.there, hopper_rounds % 2);
  results.last_note[p.kernel] = shared.note;
}

// Calls launch(kernel, parameters) for each, in order.
template <class Launch>
void with_hopper_instruction_kernels(HopperInstructionParameters p, Launch&& launch) {
  using Kernel = void (*)(HopperInstructionParameters);
  constexpr Kernel kernels[hopper_kernels] = {
      put_through_hopper_instructions<F16, 128, 64>,   put_through_hopper_instructions<F16, 128, 128>,
      put_through_hopper_instructions<F16, 64, 256>,   put_through_hopper_instructions<BF16, 128, 64>,
      put_through_hopper_instructions<BF16, 128, 128>, put_through_hopper_instructions<BF16, 64, 256>};
  for (p.kernel = 0; p.kernel < hopper_kernels; ++p.kernel) launch(kernels[p.kernel], p);
}

}  // namespace attnscope::kernels
