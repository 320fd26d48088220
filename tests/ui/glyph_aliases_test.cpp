// Text as Dear ImGui can draw it: what is kept, what is shown otherwise, and that aliases lead back.
#include "ui/glyph_aliases.h"

#include <gtest/gtest.h>

#include "text/utf8.h"

namespace attnscope {
namespace {

std::string utf8(char32_t code_point) {
  std::string text;
  append_utf8(code_point, text);
  return text;
}

char32_t first_of(const std::string& text) { return decode_utf8(text, 0).code_point; }

TEST(GlyphAliases, KeepsWhatSixteenBitsHold) {
  GlyphAliases aliases;
  for (const char* text : {"", "plain ASCII", "Внимание 注意 ∑ᵀ \uFFFD", "\u200D\uFE0F"}) {
    EXPECT_EQ(aliases.displayed(text), text);
  }
}

TEST(GlyphAliases, GivesACodePointBeyondSixteenBitsOneAliasThatLeadsBack) {
  GlyphAliases aliases;
  const std::string shown = aliases.displayed("a\U0001F600b\U00020000c\U0001F600");
  EXPECT_EQ(shown, "a\uE000b\uE001c\uE000");
  EXPECT_EQ(aliases.real(0xE000), 0x1F600U);
  EXPECT_EQ(aliases.real(0xE001), 0x20000U);
  EXPECT_EQ(aliases.real('a'), U'a');
}

TEST(GlyphAliases, TellsThePrivateUseOfATextFromItsOwnAliases) {
  GlyphAliases aliases;
  EXPECT_EQ(aliases.displayed("\U0001F600"), "\uE000");
  const std::string own = aliases.displayed("\uE000");
  EXPECT_NE(own, "\uE000");
  EXPECT_EQ(aliases.real(first_of(own)), 0xE000U);
}

TEST(GlyphAliases, ShowsControlCharacters) {
  GlyphAliases aliases;
  EXPECT_EQ(aliases.displayed("a\nb"), "a\u2424b");
  EXPECT_EQ(aliases.displayed("\t\r\x1B\x7F"), "\u2409\u240D\u241B\u2421");
  EXPECT_EQ(aliases.displayed(std::string_view("\0", 1)), "\u2400");
  EXPECT_EQ(aliases.displayed("\u0085\u009B"), "\\u{85}\\u{9b}");
}

TEST(GlyphAliases, ShowsOneReplacementForEachPartThatIsNotUtf8) {
  GlyphAliases aliases;
  EXPECT_EQ(aliases.displayed("a\xFFz"), "a\uFFFDz");
  EXPECT_EQ(aliases.displayed("\xE2\x82"), "\uFFFD");                  // cut short
  EXPECT_EQ(aliases.displayed("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");  // a surrogate
}

TEST(GlyphAliases, GivesOutSixThousandFourHundredAndThenReplaces) {
  GlyphAliases aliases;
  for (char32_t i = 0; i < 6400; ++i) ASSERT_EQ(aliases.displayed(utf8(0x20000 + i)), utf8(0xE000 + i));
  EXPECT_EQ(aliases.displayed(utf8(0x20000 + 6400)), "\uFFFD");
  EXPECT_EQ(aliases.displayed(utf8(0x20000 + 6399)), "\uF8FF");
  EXPECT_EQ(aliases.real(0xF8FF), 0x20000U + 6399U);
}

TEST(GlyphAliases, KnowsNoRealCodePointForAnAliasThatItDidNotGiveOut) {
  const GlyphAliases aliases;
  EXPECT_EQ(aliases.real(0xE000), 0xFFFDU);
}

}  // namespace
}  // namespace attnscope
