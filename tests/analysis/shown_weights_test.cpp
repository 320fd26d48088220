// Which weights are drawn, and the ledger of what is not.
#include "analysis/shown_weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace attnscope {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr float masked = std::numeric_limits<float>::quiet_NaN();
// Exact in binary; the sum is 1.
const std::vector<float>& sample_row() {
  static const std::vector<float> row = {0.5F, 0.0625F, 0.25F, 0.125F, 0.0625F, masked, masked};
  return row;
}

TEST(ShownWeights, TakesTheStrongestUntilTheShareIsReached) {
  const ShownWeights shown = choose_shown(sample_row(), {.share = 0.7});
  EXPECT_THAT(shown.places, ElementsAre(0, 2));
}

TEST(ShownWeights, StopsAtTheShareToTheBit) {
  EXPECT_THAT(choose_shown(sample_row(), {.share = 0.75}).places, ElementsAre(0, 2));
}

TEST(ShownWeights, LedgerAddsUpAndHoldsTheFirstTokenApart) {
  const Ledger ledger = choose_shown(sample_row(), {.share = 0.7}).ledger;
  EXPECT_EQ(ledger.shown, 0.25);
  EXPECT_EQ(ledger.first_token, 0.5);
  EXPECT_EQ(ledger.rest, 0.25);
  EXPECT_EQ(ledger.total(), 1);
}

TEST(ShownWeights, HidingTheFirstTokenTakesTheShareOfTheOthers) {
  const ShownWeights shown = choose_shown(sample_row(), {.share = 0.7, .hide_first = true});
  EXPECT_THAT(shown.places, ElementsAre(2, 3));
  EXPECT_EQ(shown.ledger.shown, 0.375);
  EXPECT_EQ(shown.ledger.first_token, 0.5);
  EXPECT_EQ(shown.ledger.rest, 0.125);
}

TEST(ShownWeights, InAColumnEntryZeroIsLikeAnyOther) {
  const ShownWeights shown = choose_shown(sample_row(), {.share = 0.7, .first_apart = false});
  EXPECT_EQ(shown.ledger.shown, 0.75);
  EXPECT_EQ(shown.ledger.first_token, 0);
  EXPECT_EQ(shown.strongest_other, 0.5);
}

TEST(ShownWeights, EqualWeightsComeInTheOrderOfTheText) {
  EXPECT_THAT(choose_shown(sample_row(), {.share = 1}).places, ElementsAre(0, 2, 3, 1, 4));
}

TEST(ShownWeights, TakesNoMoreThanTheLimit) {
  const ShownWeights shown = choose_shown(sample_row(), {.share = 1, .limit = 2});
  EXPECT_THAT(shown.places, ElementsAre(0, 2));
  EXPECT_EQ(shown.ledger.rest, 0.25);
  EXPECT_THAT(choose_shown(sample_row(), {.share = 1, .limit = 0}).places, IsEmpty());
}

TEST(ShownWeights, NeverShowsAWeightOfZero) {
  EXPECT_THAT(choose_shown(std::vector<float>{0, 1, 0}, {.share = 1}).places, ElementsAre(1));
}

TEST(ShownWeights, StrongestOtherLeavesTheFirstTokenOut) {
  EXPECT_EQ(choose_shown(sample_row(), {}).strongest_other, 0.25);
}

TEST(ShownWeights, OfARowThatSeesNothingAreNone) {
  for (const std::vector<float>& row : {std::vector<float>{}, std::vector<float>{masked, masked}}) {
    const ShownWeights shown = choose_shown(row, {});
    EXPECT_THAT(shown.places, IsEmpty());
    EXPECT_EQ(shown.ledger.total(), 0);
    EXPECT_EQ(shown.strongest_other, 0);
  }
}

}  // namespace
}  // namespace attnscope
