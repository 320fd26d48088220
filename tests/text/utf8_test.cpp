#include "text/utf8.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attnscope {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string replacement = "\xEF\xBF\xBD";

std::string replaced(const std::string& raw) { return replace_invalid_utf8(raw, invalid_utf8(raw)).text; }

TEST(DecodeUtf8, EveryScalarValueComesBackFromItsBytes) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string bytes;
    append_utf8(c, bytes);
    const DecodedPart part = decode_utf8(bytes, 0);
    ASSERT_TRUE(part.valid && part.code_point == c && part.length == bytes.size()) << static_cast<std::uint32_t>(c);
  }
}

TEST(InvalidUtf8, ValidTextOfAllLengthsHasNone) {
  EXPECT_THAT(invalid_utf8("plain ASCII of more than eight bytes, \u00e9\u20ac\U0001F600, and more ASCII"), IsEmpty());
  EXPECT_THAT(invalid_utf8(""), IsEmpty());
}

TEST(InvalidUtf8, ALoneContinuationByteIsOnePart) { EXPECT_THAT(invalid_utf8("a\x80z"), ElementsAre(ByteRange{1, 2})); }

TEST(InvalidUtf8, TheBeginningOfASequenceIsOnePart) {
  EXPECT_THAT(invalid_utf8("\xE2\x82 \xF0\x9F\x98"), ElementsAre(ByteRange{0, 2}, ByteRange{3, 6}));
}

TEST(InvalidUtf8, OverlongFormsAndSurrogatesAreOnePartAByte) {
  EXPECT_EQ(invalid_utf8("\xC0\xAF").size(), 2U);
  EXPECT_EQ(invalid_utf8("\xE0\x80\xAF").size(), 3U);
  EXPECT_EQ(invalid_utf8("\xED\xA0\x80").size(), 3U);
  EXPECT_EQ(invalid_utf8("\xF4\x90\x80\x80").size(), 4U);
}

// The example of the Unicode standard, chapter 3.9, table 3-11.
TEST(ReplaceInvalidUtf8, TheStandardsExampleOfTruncatedSequencesGivesTheStandardsResult) {
  EXPECT_EQ(replaced("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"),
            replacement + replacement + replacement + replacement + "A");
}

TEST(ReplaceInvalidUtf8, SpansLeadBackToTheRawBytes) {
  const std::string raw = "a\xE2\x82z\xFF";
  const ReplacedText text = replace_invalid_utf8(raw, invalid_utf8(raw));
  ASSERT_EQ(text.text, "a" + replacement + "z" + replacement);
  EXPECT_EQ(text.offsets.begin(0), 0U);
  EXPECT_EQ(text.offsets.end(1), 1U);
  EXPECT_EQ(text.offsets.begin(1), 1U);
  EXPECT_EQ(text.offsets.end(4), 3U);
  EXPECT_EQ(text.offsets.begin(4), 3U);
  EXPECT_EQ(text.offsets.end(5), 4U);
  EXPECT_EQ(text.offsets.begin(5), 4U);
  EXPECT_EQ(text.offsets.end(8), 5U);
}

TEST(ReplaceInvalidUtf8, APartOfAReplacementStandsForAllOfTheInvalidPart) {
  const std::string raw = "\xF0\x9F\x98!";
  const ReplacedText text = replace_invalid_utf8(raw, invalid_utf8(raw));
  EXPECT_EQ(text.offsets.begin(1), 0U);
  EXPECT_EQ(text.offsets.end(1), 3U);
  EXPECT_EQ(text.offsets.end(4), 4U);
}

}  // namespace
}  // namespace attnscope
