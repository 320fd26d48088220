// The kernel for AMX against the reference, on a model of the tile registers; on the registers themselves by op_test,
// where there are some.
#include "attention/cpu/amx.h"

#include <gtest/gtest.h>

#include <cmath>

#include "amx_model.h"
#include "attention/cpu/amx_forward-inl.h"
#include "attention/cpu/cpu_backend.h"
#include "attention/cpu/drivers.h"
#include "attention/select.h"
#include "head_case.h"
#include "op_cases.h"
#include "tolerances.h"

namespace attnscope::test {
namespace {

cpu::ForwardKernel model_kernel() {
  using Forward = cpu::AmxForward<ModelTiles>;
  return {Forward::lanes, Forward::scratch_size, Forward::run};
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

// A weight is off by half a unit in its last place of 8 bits, 2^-9 of it, once it is rounded; what it sums to is off by
// no more than that of max|v|.
void expect_right(const CaseSpec& spec) {
  const HeadCase made(spec);
  Pool pool(1);
  Output got(made.heads());
  Output truth(made.heads());
  cpu::forward(model_kernel(), made.heads(), got.results, {pool});
  make_reference_backend()->forward(made.heads(), truth.results, {pool});
  double bound = 0;
  double largest = 0;
  for (const HeadView& head : made.heads()) {
    bound = std::max(bound, score_bound(head));
    largest = std::max(largest, largest_value(head));
  }
  const Tolerance tolerance(bound);
  Errors o, lse;
  bool right = true;
  for (std::size_t i = 0; i < got.o.size(); ++i)
    right = o.add(got.o[i], truth.o[i], largest, 0x1p-9 + tolerance.o_max + 1e-37) && right;
  for (std::size_t i = 0; i < got.lse.size(); ++i)
    right = lse.add(got.lse[i], truth.lse[i], 1, tolerance.relative) && right;
  EXPECT_TRUE(right) << describe(spec) << ": o off by " << o.largest() << " of max|v|, lse by " << lse.largest();
}

CaseSpec halves(std::int64_t n_q, std::int64_t n_k, std::int64_t d, std::int64_t d_v) {
  CaseSpec spec;
  spec.n_q = n_q;
  spec.n_k = n_k;
  spec.d = d;
  spec.d_v = d_v;
  spec.dtype = DType::bf16;
  spec.score.scale = 0;  // 1 / sqrt(d)
  return spec;
}

TEST(Amx, IsRightForEveryMask) {
  for (int kind = 0; kind < static_cast<int>(MaskKind::count); ++kind) {
    CaseSpec spec = halves(70, 300, 40, 24);
    spec.heads = 4;
    spec.kv_heads = 2;
    spec.padding = 3;
    Random random(static_cast<std::uint64_t>(kind) + 7);
    add_mask(spec, static_cast<MaskKind>(kind), random);
    expect_right(spec);
  }
}

TEST(Amx, IsRightAroundTheEdgesOfTilesAndBlocks) {
  for (const std::int64_t n_q : {1, 15, 16, 17, 31, 32, 33, 129}) expect_right(halves(n_q, 50, 32, 32));
  for (const std::int64_t n_k : {1, 2, 15, 16, 17, 31, 32, 33, 127, 128, 129, 257})
    expect_right(halves(5, n_k, 32, 32));
  for (const std::int64_t d : {1, 2, 31, 32, 33, 80, 128, 256}) expect_right(halves(20, 140, d, 32));
  for (const std::int64_t d_v : {1, 16, 17, 33, 80, 256}) expect_right(halves(20, 140, 32, d_v));
  expect_right(halves(500, 3, 32, 32));  // few weights: one that is not rounded to the nearest shows
  expect_right(halves(10, 0, 32, 32));
}

TEST(Amx, IsRightForEveryFillAndASink) {
  for (const Fill fill : {Fill::huge, Fill::deep, Fill::rising, Fill::falling, Fill::ties, Fill::zeros, Fill::spikes}) {
    CaseSpec spec = halves(33, 260, 64, 64);
    spec.fill = fill;
    spec.mask.causal = true;
    spec.mask.offset = spec.n_k - spec.n_q;
    expect_right(spec);
    spec.score.sink_logit = 0.5F;
    expect_right(spec);
  }
}

// So many keys that the row is cut into parts, between which the state lies in the results.
TEST(Amx, CarriesOnFromPartToPart) {
  for (const Fill fill : {Fill::bell, Fill::rising, Fill::falling}) {
    CaseSpec spec = halves(3, 20'000, 32, 32);
    spec.fill = fill;
    expect_right(spec);
  }
}

TEST(Amx, GivesTheSameBitsOnAnyNumberOfThreads) {
  const HeadCase made(halves(500, 500, 32, 32));
  Output one(made.heads());
  Pool alone(1);
  cpu::forward(model_kernel(), made.heads(), one.results, {alone});
  Output three(made.heads());
  Pool pool(3);
  cpu::forward(model_kernel(), made.heads(), three.results, {pool});
  EXPECT_EQ(one.o, three.o);
  EXPECT_EQ(one.lse, three.lse);
}

TEST(Amx, TakesHeadsStoredAsBf16WithoutCapAndSlope) {
  const HeadCase made(halves(4, 4, 32, 32));
  HeadView head = made.heads().front();
  EXPECT_TRUE(cpu::amx_takes(head));
  head.score.cap = 20.0F;
  EXPECT_FALSE(cpu::amx_takes(head));
  head.score.cap.reset();
  head.score.slope = 0.1F;
  EXPECT_FALSE(cpu::amx_takes(head));
  CaseSpec floats = halves(4, 4, 32, 32);
  floats.dtype = DType::f32;
  const HeadCase plain(floats);
  EXPECT_FALSE(cpu::amx_takes(plain.heads().front()));
}

// On a processor with AMX: the registers do what their model does, to the bit.
TEST(Amx, TheRegistersDoWhatTheirModelDoes) {
  if (!amx_backend_usable()) GTEST_SKIP() << "this processor has no AMX, or the system does not lend it";
  const HeadCase made(halves(200, 300, 64, 64));
  Pool pool(1);
  Output model(made.heads());
  cpu::forward(model_kernel(), made.heads(), model.results, {pool});
  Output hardware(made.heads());
  make_amx_backend()->forward(made.heads(), hardware.results, {pool});
  EXPECT_EQ(model.o, hardware.o);
  EXPECT_EQ(model.lse, hardware.lse);
}

}  // namespace
}  // namespace attnscope::test
