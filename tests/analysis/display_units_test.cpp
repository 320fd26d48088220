// Tokens grouped so that every character is drawn once.
#include "analysis/display_units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace attnscope {
namespace {

using testing::ElementsAre;

constexpr float masked = std::numeric_limits<float>::quiet_NaN();

TEST(DisplayUnits, AreTheTokensWhereNoCharacterIsSplit) {
  const std::vector<Token> tokens = {{1, 0, 3}, {2, 3, 7}};
  EXPECT_THAT(display_units("caf\u00e9 x", tokens), ElementsAre(Unit{0, 1, 0, 3}, Unit{1, 1, 3, 7}));
}

TEST(DisplayUnits, JoinTokensThatShareACharacter) {
  // A four-byte character over three tokens, the last of which goes on with a letter.
  const std::vector<Token> tokens = {{1, 0, 1}, {2, 1, 2}, {3, 2, 4}, {4, 4, 6}, {5, 6, 7}};
  EXPECT_THAT(display_units("a\U0001F600bc", tokens),
              ElementsAre(Unit{0, 1, 0, 1}, Unit{1, 3, 1, 6}, Unit{4, 1, 6, 7}));
}

TEST(DisplayUnits, ChainsOfSplitCharactersAreOneUnit) {
  // Two two-byte characters; the middle token holds the end of the first and the beginning of the second.
  const std::vector<Token> tokens = {{1, 0, 1}, {2, 1, 3}, {3, 3, 4}};
  EXPECT_THAT(display_units("\u00e9\u00e9", tokens), ElementsAre(Unit{0, 3, 0, 4}));
}

TEST(DisplayUnits, TokensWithoutBytesStandAlone) {
  const std::vector<Token> tokens = {{1, 0, 0}, {2, 0, 2}, {3, 2, 2}, {4, 2, 2}};
  EXPECT_THAT(display_units("ab", tokens),
              ElementsAre(Unit{0, 1, 0, 0}, Unit{1, 1, 0, 2}, Unit{2, 1, 2, 2}, Unit{3, 1, 2, 2}));
}

TEST(DisplayUnits, BytesThatAreNotUtf8AreNotJoined) {
  const std::vector<Token> tokens = {{1, 0, 1}, {2, 1, 2}, {3, 2, 3}};
  EXPECT_EQ(display_units("\xe2\x82x", tokens).size(), 3U);
  EXPECT_EQ(display_units("\x80\x80\x80", tokens).size(), 3U);
}

TEST(DisplayUnits, JoinTokensWhoseBytesOverlap) {
  const std::vector<Token> tokens = {{1, 0, 3}, {2, 0, 3}, {3, 3, 4}};
  EXPECT_THAT(display_units("\u20acx", tokens), ElementsAre(Unit{0, 2, 0, 3}, Unit{2, 1, 3, 4}));
}

TEST(DisplayUnits, LeaveOutBytesBetweenTokens) {
  const std::vector<Token> tokens = {{1, 0, 1}, {2, 2, 3}};
  EXPECT_THAT(display_units("a b", tokens), ElementsAre(Unit{0, 1, 0, 1}, Unit{1, 1, 2, 3}));
}

TEST(DisplayUnits, AreFoundByAnyOfTheirTokens) {
  const std::vector<Unit> units = {{0, 1, 0, 1}, {1, 3, 1, 6}, {4, 1, 6, 7}};
  EXPECT_EQ(unit_of(units, 0), 0U);
  EXPECT_EQ(unit_of(units, 1), 1U);
  EXPECT_EQ(unit_of(units, 3), 1U);
  EXPECT_EQ(unit_of(units, 4), 2U);
}

TEST(UnitWeight, IsTheSumOverItsTokens) {
  const std::vector<float> row = {0.25F, 0.5F, 0.125F, masked};
  EXPECT_EQ(unit_weight({11, 2, 0, 0}, row, 10), 0.625F);
  EXPECT_EQ(unit_weight({12, 2, 0, 0}, row, 10), 0.125F);
}

TEST(UnitWeight, IsNanWhereAllIsMaskedOrOutsideTheContext) {
  const std::vector<float> row = {0.25F, 0.5F, masked};
  EXPECT_TRUE(std::isnan(unit_weight({12, 1, 0, 0}, row, 10)));
  EXPECT_TRUE(std::isnan(unit_weight({9, 1, 0, 0}, row, 10)));
  EXPECT_TRUE(std::isnan(unit_weight({13, 2, 0, 0}, row, 10)));
  EXPECT_EQ(unit_weight({9, 2, 0, 0}, row, 10), 0.25F);
}

}  // namespace
}  // namespace attnscope
