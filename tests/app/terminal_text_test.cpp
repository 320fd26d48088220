#include "app/terminal_text.h"

#include <gtest/gtest.h>

namespace attnscope {
namespace {

TEST(QuotedLine, ShowsPlainTextAsItIs) { EXPECT_EQ(quoted_line(" café 猫", 32), "\" café 猫\""); }

TEST(QuotedLine, EscapesWhatALineCannotShow) {
  EXPECT_EQ(quoted_line("a\n\t\r\x1b[31m\\\"", 32), R"("a\n\t\r\x1b[31m\\\"")");
}

TEST(QuotedLine, ShowsBytesThatAreNotUtf8) { EXPECT_EQ(quoted_line("\xe7\x8cx\xff", 32), R"("\xe7\x8cx\xff")"); }

// Spelt in bytes, so that this file cannot be misread.
const std::string right_to_left_override = {'\xe2', '\x80', '\xae'};

TEST(QuotedLine, NamesInvisibleAndReorderingCharacters) {
  EXPECT_EQ(quoted_line("\u200b" + right_to_left_override, 32), R"("\u{200b}\u{202e}")");
}

TEST(QuotedLine, CutsWhatIsTooWide) {
  EXPECT_EQ(quoted_line("abcdef", 6), "\"abcdef\"");
  EXPECT_EQ(quoted_line("abcdefg", 6), "\"abcde…\"");
  EXPECT_EQ(quoted_line("猫猫猫", 5), "\"猫猫…\"");
}

TEST(ColumnsOf, CountsWideCharactersTwiceAndCombiningOnesNotAtAll) {
  EXPECT_EQ(columns_of("猫a"), 3U);
  EXPECT_EQ(columns_of("e\u0301"), 1U);
}

}  // namespace
}  // namespace attnscope
