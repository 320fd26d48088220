// The emulated instructions against what PTX says of them, and the fused forward's use of shared memory.
#include <gtest/gtest.h>

#include "../attention/head_case.h"
#include "attention/cuda/emulated_device.h"
#include "core/jobs.h"
#include "kernels/instructions.h"

namespace attnscope::kernels {
namespace {

using emulation::Block;
using emulation::BlockRunner;

void run_warp(const std::function<void()>& body) { BlockRunner().run({0, 1, 32, 2048}, {}, {}, body); }

unsigned pair_of(int low, int high) { return pack(F16{}, static_cast<float>(low), static_cast<float>(high)); }

// Numbers that f16 holds exactly, no two rows or columns alike.
int left(unsigned row, unsigned k) { return static_cast<int>((row * 7 + k * 3) % 13) - 6; }
int right(unsigned k, unsigned column) { return static_cast<int>((k * 5 + column * 11) % 17) - 8; }

// PTX ISA, "Matrix Fragments for mma.m16n8k16": with g = lane / 4 and t = lane % 4, a0 holds row g, columns 2 t and
// 2 t + 1; a1 row g + 8; a2 and a3 the same 8 columns on; b0 rows 2 t and 2 t + 1 of column g, b1 8 rows on; d0 and d1
// row g, columns 2 t and 2 t + 1, d2 and d3 row g + 8.
TEST(InstructionTest, MultiplyIsTheProductOfItsFragments) {
  run_warp([] {
    const unsigned g = threadIdx.x / 4, t = threadIdx.x % 4 * 2;
    const unsigned a[4] = {pair_of(left(g, t), left(g, t + 1)), pair_of(left(g + 8, t), left(g + 8, t + 1)),
                           pair_of(left(g, t + 8), left(g, t + 9)), pair_of(left(g + 8, t + 8), left(g + 8, t + 9))};
    float d[4] = {100, 200, 300, 400};
    multiply(F16{}, d, a, pair_of(right(t, g), right(t + 1, g)), pair_of(right(t + 8, g), right(t + 9, g)));
    for (unsigned i = 0; i < 4; ++i) {
      int sum = 100 * (static_cast<int>(i) + 1);
      for (unsigned k = 0; k < 16; ++k) sum += left(g + i / 2 * 8, k) * right(k, t + i % 2);
      EXPECT_EQ(d[i], static_cast<float>(sum)) << "lane " << threadIdx.x << ", d" << i;
    }
  });
}

// "ldmatrix": lane l gets of each matrix the numbers 2 (l % 4) and the next of row l / 4; transposed, of column l / 4.
TEST(InstructionTest, LoadMatricesHandsOutRowsAndTransposedColumns) {
  run_warp([] {
    auto* numbers = reinterpret_cast<std::uint16_t*>(Block::current().shared());
    for (unsigned e = threadIdx.x; e < 256; e += 32) numbers[e] = static_cast<std::uint16_t>(e);
    __syncthreads();
    unsigned plain[4], transposed[4];
    load_matrices(plain, numbers + threadIdx.x * 8);
    load_matrices_transposed(transposed, numbers + threadIdx.x * 8);
    const unsigned g = threadIdx.x / 4, t = threadIdx.x % 4 * 2;
    for (unsigned m = 0; m < 4; ++m) {
      EXPECT_EQ(plain[m], (m * 64 + g * 8 + t) | (m * 64 + g * 8 + t + 1) << 16U);
      EXPECT_EQ(transposed[m], (m * 64 + t * 8 + g) | (m * 64 + (t + 1) * 8 + g) << 16U);
    }
  });
}

TEST(InstructionTest, RowsOfAMatrixInTheSameBanksAreCounted) {
  for (const unsigned apart : {16U, 128U}) {  // bytes from row to row
    BlockRunner runner;
    runner.run({0, 1, 32, 32 * 128}, {}, {}, [apart] {
      unsigned r[4];
      load_matrices(r, Block::current().shared() + threadIdx.x * apart);
    });
    EXPECT_EQ(runner.counters().bank_conflicts, apart == 16 ? 0U : 28U);
  }
}

TEST(InstructionTest, PackRoundsToNearestWithTheFirstNumberBelow) {
  EXPECT_EQ(pack(F16{}, 1, -2), 0xc0003c00U);
  EXPECT_EQ(pack(BF16{}, 1, -2), 0xc0003f80U);
  EXPECT_EQ(pack(BF16{}, 1.00390625F, 0) & 0xffffU, 0x3f80U) << "half way: to even";
}

TEST(InstructionTest, TheFusedForwardReadsSharedMemoryWithoutBankConflicts) {
  for (const std::int64_t d : {64, 128, 256}) {
    test::CaseSpec spec;
    spec.n_q = spec.n_k = 200;
    spec.d = spec.d_v = d;
    spec.score.scale = 0;
    spec.dtype = DType::f16;
    const test::HeadCase made(spec);
    emulation::Counters counters;
    std::vector<float> o(static_cast<std::size_t>(200 * d));
    const ForwardResult result{o.data(), d, nullptr};
    Pool pool(1);
    cuda::make_emulated_backend({}, &counters)
        ->forward(made.heads(), {&result, 1}, {pool, Priority::visible, {}, nullptr});
    EXPECT_GT(counters.matrix_products, 1000U);
    EXPECT_EQ(counters.bank_conflicts, 0U) << "d " << d;
  }
}

}  // namespace
}  // namespace attnscope::kernels
