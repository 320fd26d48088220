#include "text/nfc.h"

#include <gtest/gtest.h>

namespace attnscope {
namespace {

TEST(Nfc, TextThatIsNormalAlreadyIsLeftAlone) {
  EXPECT_FALSE(to_nfc("caf\u00e9 \u6771\u4eac \U0001F600 \uD55C").has_value());
  EXPECT_FALSE(to_nfc("").has_value());
}

TEST(Nfc, AMarkJoinsItsLetterAndTheSpanCoversBoth) {
  const auto normal = to_nfc("xe\u0301y");
  ASSERT_TRUE(normal.has_value());
  EXPECT_EQ(normal->text, "x\u00e9y");
  EXPECT_EQ(normal->offsets.begin(1), 1U);
  EXPECT_EQ(normal->offsets.end(3), 4U);
  EXPECT_EQ(normal->offsets.begin(3), 4U);
  EXPECT_EQ(normal->offsets.end(4), 5U);
}

TEST(Nfc, HangulLettersJoinToASyllable) { EXPECT_EQ(to_nfc("\u1112\u1161\u11ab").value().text, "\ud55c"); }

TEST(Nfc, MarksAreBroughtInOrder) { EXPECT_EQ(to_nfc("q\u0307\u0323").value().text, "q\u0323\u0307"); }

TEST(Nfc, ASingleCharacterMayBecomeAnother) { EXPECT_EQ(to_nfc("\u212b").value().text, "\u00c5"); }

TEST(Nfc, TwoPartVowelSignsJoin) { EXPECT_EQ(to_nfc("\u0995\u09c7\u09be").value().text, "\u0995\u09cb"); }

}  // namespace
}  // namespace attnscope
