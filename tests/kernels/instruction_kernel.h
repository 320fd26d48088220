// One warp puts numbers through every instruction of kernels/instructions.h: written once, run by the emulation and by
// GPUs, so that the model of each instruction can be held against the thing itself.
#pragma once
#include "kernels/instructions.h"

namespace attnscope::kernels {

// Words of each lane, one instruction after the other.
struct InstructionInputs {
  float exponents[8];
  float low[8], high[8];  // of pairs that are packed
  // Operands of products: whole numbers, whose sum is exact in any order, and others.
  unsigned whole_a[2][4], whole_b[2][2];  // [f16, bf16]
  float whole_d[2][4];
  unsigned a[2][4], b[2][2];
  float d[2][4];
  alignas(16) unsigned rows[4];  // of matrices: row `lane`, 8 numbers of 16 bits
  alignas(16) unsigned copied[4];
};

struct InstructionResults {
  float powers[8];
  unsigned packed[2][8];  // [f16, bf16]
  float whole_products[2][4], products[2][4];
  unsigned matrices[4], transposed[4];
  unsigned copied[4];
};

constexpr int instruction_lanes = 32;

struct InstructionParameters {
  const InstructionInputs* inputs;  // [instruction_lanes], as are the results
  InstructionResults* results;
};

struct InstructionShared {
  alignas(16) unsigned rows[instruction_lanes][4];
  alignas(16) unsigned copied[instruction_lanes][4];
};

template <class Number>
__device__ __forceinline__ void put_through_type(const InstructionInputs& in, InstructionResults& out, int type) {
  for (int i = 0; i < 8; ++i) out.packed[type][i] = pack(Number{}, in.low[i], in.high[i]);
  for (int i = 0; i < 4; ++i) {
    out.whole_products[type][i] = in.whole_d[type][i];
    out.products[type][i] = in.d[type][i];
  }
  multiply(Number{}, out.whole_products[type], in.whole_a[type], in.whole_b[type][0], in.whole_b[type][1]);
  multiply(Number{}, out.products[type], in.a[type], in.b[type][0], in.b[type][1]);
}

__global__ void __launch_bounds__(instruction_lanes) put_through_instructions(const InstructionParameters p) {
  auto& shared = shared_as<InstructionShared>();
  const int lane = static_cast<int>(threadIdx.x);
  const InstructionInputs& in = p.inputs[lane];
  InstructionResults out{};
  for (int i = 0; i < 8; ++i) out.powers[i] = exp2_fast(in.exponents[i]);
  put_through_type<F16>(in, out, 0);
  put_through_type<BF16>(in, out, 1);

  // Every third lane copies zeros; a second copy, of another lane's words, is on its way while the first is read.
  copy_16_bytes(shared.copied[lane], in.copied, lane % 3 != 0);
  commit_copies();
  copy_16_bytes(shared.rows[lane], in.rows, true);
  commit_copies();
  wait_for_copies<1>();
  for (int i = 0; i < 4; ++i) out.copied[i] = shared.copied[lane][i];
  wait_for_copies<0>();
  __syncthreads();

  // Rows are handed over out of order.
  const int row = (lane * 5 + 3) % instruction_lanes;
  load_matrices(out.matrices, shared.rows[row]);
  load_matrices_transposed(out.transposed, shared.rows[row]);
  p.results[lane] = out;
}

}  // namespace attnscope::kernels
