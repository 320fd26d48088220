#include "app/table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

namespace attnscope {
namespace {

TEST(Table, AlignsColumnsAndLeavesNoSpacesAtTheEndOfALine) {
  Table table({{"key"}, {"text", Align::left}, {"p"}, {"", Align::left}});
  table.add({"7", "\"cat\"", ".5", "##"});
  table.add({"123", "\"a\"", "1.00", ""});
  std::ostringstream out;
  table.print(out);
  EXPECT_EQ(out.str(),
            "key  text      p\n"
            "  7  \"cat\"    .5  ##\n"
            "123  \"a\"    1.00\n");
}

TEST(Table, CountsColumnsOfTheTerminalNotBytes) {
  Table table({{"a", Align::left}, {"b", Align::left}});
  table.add({"\xe7\x8c\xab", "x"});  // one wide character
  table.add({"ab", "y"});
  std::ostringstream out;
  table.print(out);
  EXPECT_EQ(out.str(), "a   b\n\xe7\x8c\xab  x\nab  y\n");
}

TEST(WeightText, HasNoLeadingZero) {
  EXPECT_EQ(weight_text(0.414, 2), ".41");
  EXPECT_EQ(weight_text(1, 2), "1.00");
  EXPECT_EQ(weight_text(0, 4), ".0000");
}

TEST(WeightText, IsADashForAMaskedCell) { EXPECT_EQ(weight_text(std::nan(""), 2), "-"); }

}  // namespace
}  // namespace attnscope
