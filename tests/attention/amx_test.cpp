// The kernel for AMX against the reference, on a model of the tile registers; on the registers themselves by op_test,
// where there are some.
#include "attention/cpu/amx.h"

#include <gtest/gtest.h>

#include <cmath>

#include "amx_model.h"
#include "attention/cpu/amx_forward-inl.h"
#include "attention/cpu/amx_tiles.h"
#include "attention/cpu/cpu_backend.h"
#include "attention/cpu/drivers.h"
#include "attention/error_bounds.h"
#include "attention/select.h"
#include "head_case.h"
#include "op_cases.h"
#include "tolerances.h"

namespace attnscope::test {
namespace {

cpu::ForwardKernel model_kernel(DType dtype) {
  if (dtype == DType::f32) return cpu::amx::Forward<ModelTiles, DType::f32>::kernel();
  if (dtype == DType::f16) return cpu::amx::Forward<ModelTiles, DType::f16>::kernel();
  return cpu::amx::Forward<ModelTiles, DType::bf16>::kernel();
}

struct Output {
  std::vector<float> o, lse;
  std::vector<ForwardResult> results;
  explicit Output(std::span<const HeadView> heads) {
    const HeadView& head = heads.front();
    o.resize(heads.size() * static_cast<std::size_t>(head.n_q() * head.v.cols), std::nanf(""));
    lse.resize(heads.size() * static_cast<std::size_t>(head.n_q()), std::nanf(""));
    for (std::size_t h = 0; h < heads.size(); ++h) {
      results.push_back({o.data() + h * static_cast<std::size_t>(head.n_q() * head.v.cols), head.v.cols,
                         lse.data() + h * static_cast<std::size_t>(head.n_q())});
    }
  }
};

void expect_right(const CaseSpec& spec) {
  const HeadCase made(spec);
  Pool pool(1);
  Output got(made.heads());
  Output truth(made.heads());
  cpu::forward(model_kernel(made.heads().front().q.dtype), made.heads(), got.results, {pool});
  make_reference_backend()->forward(made.heads(), truth.results, {pool});
  double bound = 0;
  double largest = 0;
  for (const HeadView& head : made.heads()) {
    bound = std::max(bound, score_bound(head));
    largest = std::max(largest, largest_value(head));
  }
  const Tolerance tolerance = Tolerance(bound).of_backend("cpu amx", spec.dtype);
  Errors o, lse;
  bool right = true;
  for (std::size_t i = 0; i < got.o.size(); ++i)
    right = o.add(got.o[i], truth.o[i], largest, tolerance.o_max + 1e-37) && right;
  for (std::size_t i = 0; i < got.lse.size(); ++i)
    right = lse.add(got.lse[i], truth.lse[i], 1, tolerance.relative) && right;
  EXPECT_TRUE(right) << describe(spec) << ": o off by " << o.largest() << " of max|v|, lse by " << lse.largest();
}

CaseSpec shape(std::int64_t n_q, std::int64_t n_k, std::int64_t d, std::int64_t d_v, DType dtype = DType::bf16) {
  CaseSpec spec;
  spec.n_q = n_q;
  spec.n_k = n_k;
  spec.d = d;
  spec.d_v = d_v;
  spec.dtype = dtype;
  spec.score.scale = 0;  // 1 / sqrt(d)
  return spec;
}

constexpr DType all_types[] = {DType::f32, DType::f16, DType::bf16};

TEST(Amx, IsRightForEveryMask) {
  for (int kind = 0; kind < static_cast<int>(MaskKind::count); ++kind) {
    CaseSpec spec = shape(70, 300, 40, 24, all_types[kind % 3]);
    spec.heads = 4;
    spec.kv_heads = 2;
    spec.padding = 3;
    Random random(static_cast<std::uint64_t>(kind) + 7);
    add_mask(spec, static_cast<MaskKind>(kind), random);
    expect_right(spec);
  }
}

TEST(Amx, IsRightAroundTheEdgesOfTilesAndBlocks) {
  for (const DType dtype : all_types) {
    for (const std::int64_t n_q : {1, 15, 16, 17, 31, 32, 33, 129}) expect_right(shape(n_q, 50, 32, 32, dtype));
    for (const std::int64_t n_k : {1, 2, 15, 16, 17, 31, 32, 33, 127, 128, 129, 257})
      expect_right(shape(5, n_k, 32, 32, dtype));
    for (const std::int64_t d : {1, 2, 31, 32, 33, 80, 128, 256}) expect_right(shape(20, 140, d, 32, dtype));
    for (const std::int64_t d_v : {1, 16, 17, 33, 80, 256}) expect_right(shape(20, 140, 32, d_v, dtype));
    expect_right(shape(500, 3, 32, 32, dtype));
    expect_right(shape(10, 0, 32, 32, dtype));
  }
}

TEST(Amx, IsRightForEveryFillAndASink) {
  int turn = 0;
  for (const Fill fill : {Fill::huge, Fill::deep, Fill::rising, Fill::falling, Fill::ties, Fill::zeros, Fill::spikes}) {
    CaseSpec spec = shape(33, 260, 64, 64, all_types[turn++ % 3]);
    spec.fill = fill;
    spec.mask.causal = true;
    spec.mask.offset = spec.n_k - spec.n_q;
    expect_right(spec);
    spec.score.sink_logit = 0.5F;
    expect_right(spec);
  }
}

TEST(Amx, IsRightForAScaleOfAnySign) {
  for (const float scale : {-0.3F, 1.5F, 1e-30F}) {
    CaseSpec spec = shape(20, 70, 32, 32, DType::f32);
    spec.score.scale = scale;
    expect_right(spec);
  }
}

// One tile of queries: each of its blocks of keys comes up while the one before is in use.
TEST(Amx, IsRightWhereABlockOfKeysHasOneTile) {
  for (const DType dtype : all_types) expect_right(shape(7, 900, 32, 32, dtype));
}

TEST(Amx, IsRightForLongRowsOfEqualWeights) {
  for (const DType dtype : all_types) {
    CaseSpec spec = shape(1, 100'000, 16, 16, dtype);
    spec.fill = Fill::alike;
    expect_right(spec);
  }
}

// So many keys that the row is cut into parts, between which the state lies in the results.
TEST(Amx, CarriesOnFromPartToPart) {
  for (const Fill fill : {Fill::bell, Fill::rising, Fill::falling}) {
    CaseSpec spec = shape(3, 20'000, 32, 32);
    spec.fill = fill;
    expect_right(spec);
  }
}

TEST(Amx, GivesTheSameBitsOnAnyNumberOfThreads) {
  const HeadCase made(shape(1200, 200, 32, 32));
  Output one(made.heads());
  Pool alone(1);
  cpu::forward(model_kernel(made.heads().front().q.dtype), made.heads(), one.results, {alone});
  Output three(made.heads());
  Pool pool(3);
  cpu::forward(model_kernel(made.heads().front().q.dtype), made.heads(), three.results, {pool});
  EXPECT_EQ(one.o, three.o);
  EXPECT_EQ(one.lse, three.lse);
}

TEST(Amx, TakesHeadsWithoutCapAndSlope) {
  const HeadCase made(shape(4, 4, 32, 32));
  HeadView head = made.heads().front();
  EXPECT_TRUE(cpu::amx_takes(head));
  head.score.cap = 20.0F;
  EXPECT_FALSE(cpu::amx_takes(head));
  head.score.cap.reset();
  head.score.slope = 0.1F;
  EXPECT_FALSE(cpu::amx_takes(head));
}

TEST(Amx, WidensEveryHalfAsItIs) {
  for (std::uint32_t first = 0; first <= 0xffffU; first += 16) {
    std::uint16_t halves[16];
    for (std::uint32_t i = 0; i < 16; ++i) halves[i] = static_cast<std::uint16_t>(first + i);
    float got[16];
    cpu::store(cpu::widened<DType::f16>(halves), got);
    for (std::uint32_t i = 0; i < 16; ++i) {
      const float truth = float_from_f16(halves[i]);
      ASSERT_TRUE(got[i] == truth || (std::isnan(got[i]) && std::isnan(truth))) << first + i;
    }
  }
}

// Random halves of many sizes, and some that are tiny: sums [16, 16] after two products, to the bit.
template <class Tiles>
std::vector<float> products(const std::vector<std::uint16_t>& halves) {
  std::vector<float> sums(256 * 4);
  const typename Tiles::Session session;
  Tiles::template zero<0>();
  Tiles::template zero<3>();
  Tiles::template load<4>(halves.data(), 64);
  Tiles::template load<5>(halves.data() + 32, 128);  // every second row of 64 bytes
  Tiles::template load<6>(halves.data() + 1024, 64);
  Tiles::template multiply<0, 4, 6>();
  Tiles::template multiply<0, 5, 4>();
  Tiles::template multiply<3, 6, 5>();
  Tiles::template store<0>(sums.data(), 64);
  Tiles::template store<3>(sums.data() + 256, 128);
  return sums;
}

// On a processor with AMX: the registers do what their model does.
TEST(Amx, TheRegistersDoWhatTheirModelDoes) {
  if (!amx_backend_usable()) GTEST_SKIP() << "this processor has no AMX, or the system does not lend it";
  Random random(11);
  std::vector<std::uint16_t> halves(2048);
  for (std::uint16_t& half : halves)
    half = bf16_from_float(static_cast<float>(random.bell() * std::exp2(random.bell() * 8)));
  EXPECT_EQ(products<ModelTiles>(halves), products<cpu::HardwareTiles>(halves));
}

}  // namespace
}  // namespace attnscope::test
