#include "text/display.h"

#include <gtest/gtest.h>

#include "text/utf8.h"

namespace attnscope {
namespace {

TEST(EscapeForTerminal, PlainTextStaysAsItIs) {
  EXPECT_EQ(escape_for_terminal(" Ein Wort, \u00e9 \u6771 \U0001F600"), " Ein Wort, \u00e9 \u6771 \U0001F600");
}

TEST(EscapeForTerminal, LineBreaksAndTabsAreVisibleOnOneLine) {
  EXPECT_EQ(escape_for_terminal("a\n\r\tb"), "a\u2424\u240d\u2409b");
}

TEST(EscapeForTerminal, AnEscapeSequenceIsDefused) { EXPECT_EQ(escape_for_terminal("\x1b[31m"), "\\x1b[31m"); }

TEST(EscapeForTerminal, AControlSequenceOfC1IsDefused) { EXPECT_EQ(escape_for_terminal("\u009b31m"), "\\u{9b}31m"); }

TEST(EscapeForTerminal, DirectionMarksAreShownAsNumbers) { EXPECT_EQ(escape_for_terminal("\u202ex"), "\\u{202e}x"); }

TEST(EscapeForTerminal, BytesThatAreNotUtf8AreShownOneByOne) {
  EXPECT_EQ(escape_for_terminal("\xE2\x82z\xFF"), "\\xe2\\x82z\\xff");
}

TEST(EscapeForTerminal, AMarkAtTheBeginningStandsOnACircle) {
  EXPECT_EQ(escape_for_terminal("\u0301"), "\u25cc\u0301");
}

TEST(EscapeForTerminal, NoByteStringLeavesAControlCharacterOrInvalidUtf8) {
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned second = 0; second < 256; ++second) {
      const std::string shown = escape_for_terminal(std::string{static_cast<char>(first), static_cast<char>(second)});
      ASSERT_TRUE(invalid_utf8(shown).empty());
      for (std::size_t at = 0; at < shown.size(); at += decode_utf8(shown, at).length) {
        const char32_t c = decode_utf8(shown, at).code_point;
        ASSERT_TRUE(c >= 0x20 && (c < 0x7F || c > 0x9F));
      }
    }
  }
}

TEST(TerminalWidth, CountsColumnsNotBytes) {
  EXPECT_EQ(terminal_width("abc"), 3U);
  EXPECT_EQ(terminal_width("\u00e9"), 1U);
  EXPECT_EQ(terminal_width("e\u0301"), 1U);
  EXPECT_EQ(terminal_width("\u6771\u4eac"), 4U);
  EXPECT_EQ(terminal_width(""), 0U);
}

}  // namespace
}  // namespace attnscope
