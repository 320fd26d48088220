// Holds the shortcuts of a mask against its definition, key by key.
#include <gtest/gtest.h>

#include "op_cases.h"

namespace attnscope::test {
namespace {

struct Masked {
  CaseSpec spec;
  HeadCase made;
  const Mask& mask;
  explicit Masked(const CaseSpec& of) : spec(of), made(of), mask(made.heads().front().mask) {}
};

// Many small heads of every kind of mask; d = 1 keeps their numbers cheap.
template <typename Check>
void for_each_mask(Check check) {
  Random random(7);
  for (int kind = 0; kind < static_cast<int>(MaskKind::count); ++kind) {
    for (int t = 0; t < 40; ++t) {
      CaseSpec spec;
      spec.n_q = random.below(90);
      spec.n_k = random.below(90);
      spec.d = 1;
      spec.d_v = 1;
      spec.seed = static_cast<std::uint64_t>(t);
      add_mask(spec, static_cast<MaskKind>(kind), random);
      const Masked masked(spec);
      check(masked, random);
      if (testing::Test::HasFailure()) {
        ADD_FAILURE() << describe(spec);
        return;
      }
    }
  }
}

TEST(MaskTest, VisibleRangeHoldsTheWindowAndNothingElse) {
  for_each_mask([](const Masked& masked, Random&) {
    Mask window = masked.mask;
    window.sinks = 0;
    window.bitmap = {};
    for (std::int64_t i = 0; i < masked.spec.n_q; ++i) {
      const KeyRange range = masked.mask.visible_range(i, masked.spec.n_k);
      ASSERT_LE(range.begin, range.end);
      ASSERT_GE(range.begin, 0);
      for (std::int64_t j = 0; j < masked.spec.n_k; ++j) {
        ASSERT_EQ(window.visible(i, j), range.begin <= j && j < range.end) << i << ", " << j;
      }
    }
  });
}

TEST(MaskTest, EveryVisibleKeyIsInTheVisibleRangeOrASink) {
  for_each_mask([](const Masked& masked, Random&) {
    for (std::int64_t i = 0; i < masked.spec.n_q; ++i) {
      const KeyRange range = masked.mask.visible_range(i, masked.spec.n_k);
      for (std::int64_t j = masked.mask.sinks; j < masked.spec.n_k; ++j) {
        ASSERT_TRUE(!masked.mask.visible(i, j) || (range.begin <= j && j < range.end)) << i << ", " << j;
      }
    }
  });
}

TEST(MaskTest, BlockStateNeverClaimsNoneOrAllWrongly) {
  int exact = 0, loose = 0;
  for_each_mask([&](const Masked& masked, Random& random) {
    if (masked.spec.n_q == 0 || masked.spec.n_k == 0) return;
    for (int t = 0; t < 60; ++t) {
      const std::int64_t q0 = random.below(masked.spec.n_q);
      const std::int64_t q1 = q0 + 1 + random.below(masked.spec.n_q - q0);
      const std::int64_t k0 = random.below(masked.spec.n_k);
      const std::int64_t k1 = k0 + 1 + random.below(masked.spec.n_k - k0);
      std::int64_t seen = 0;
      for (std::int64_t i = q0; i < q1; ++i) {
        for (std::int64_t j = k0; j < k1; ++j) seen += masked.mask.visible(i, j) ? 1 : 0;
      }
      const BlockState truth = seen == 0                       ? BlockState::none
                               : seen == (q1 - q0) * (k1 - k0) ? BlockState::all
                                                               : BlockState::some;
      const BlockState state = masked.mask.block_state(q0, q1, k0, k1);
      if (state != BlockState::some) {
        ASSERT_EQ(state, truth) << q0 << " to " << q1 << ", " << k0 << " to " << k1;
      }
      ++(state == truth ? exact : loose);
    }
  });
  EXPECT_GT(exact, 20 * loose) << "block_state says `some` too often for kernels to gain from it";
}

TEST(MaskTest, SinksWidenTheWindowButNeverCausalNorTheBitmap) {
  const std::uint64_t no_block = 0;
  Mask mask;
  mask.causal = true;
  mask.left = 2;
  mask.sinks = 4;
  EXPECT_TRUE(mask.visible(9, 3));
  EXPECT_FALSE(mask.visible(9, 4));
  EXPECT_FALSE(mask.visible(1, 3));  // behind the diagonal
  mask.bitmap = {&no_block, 16, 1};
  EXPECT_FALSE(mask.visible(9, 3));
}

TEST(MaskTest, AWindowOfOneIsTheDiagonal) {
  Mask mask;
  mask.left = 1;
  mask.right = 1;
  mask.offset = 2;
  for (std::int64_t j = 0; j < 10; ++j) EXPECT_EQ(mask.visible(3, j), j == 5);
}

TEST(MaskTest, ASliceOfQueriesKeepsItsPositions) {
  CaseSpec spec;
  spec.n_q = 40;
  spec.n_k = 50;
  spec.d = 1;
  spec.d_v = 1;
  spec.mask.causal = true;
  spec.mask.left = 7;
  spec.mask.offset = 10;
  const HeadCase made(spec);
  const HeadView& head = made.heads().front();
  const HeadView part = head.slice_queries(13, 20);
  EXPECT_EQ(part.n_q(), 20);
  for (std::int64_t i = 0; i < 20; ++i) {
    EXPECT_EQ(part.q.at(i, 0), head.q.at(i + 13, 0));
    for (std::int64_t j = 0; j < 50; ++j) EXPECT_EQ(part.mask.visible(i, j), head.mask.visible(i + 13, j));
  }
}

}  // namespace
}  // namespace attnscope::test
