// attnscope show: the table that a person reads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/show_row.h"
#include "command_run.h"

namespace attnscope {
namespace {

using testing::HasSubstr;

const std::string model = ATTNSCOPE_TEST_DATA "/models/llama";

CaptureInfo three_words() {
  CaptureInfo info;
  info.model = "m";
  info.text = "a b c";
  info.tokens = {{1, 0, 1}, {2, 1, 3}, {3, 3, 5}};
  info.count = 3;
  return info;
}

std::string printed(const ShownToken& shown, std::int64_t rows, bool colour = false) {
  std::istringstream in;
  std::ostringstream out;
  Console console{in, out, out};
  console.width = 44;  // leaves 8 columns for bars
  console.colour = colour;
  print_bars(console, three_words(), shown, rows, {"how"});
  return out.str();
}

TEST(PrintBars, ShowsTheLargestWeightsWithBarsAndALedgerThatAddsUpToOne) {
  EXPECT_EQ(printed({1, 2, 2, Direction::attends_to, {0.6F, 0.25F, 0.15F}}, 2),
            "m, layer 1, head 2: token 2 \" c\" of 3 attends to\n"
            "how\n"
            "key  weight  text\n"
            "  0     .60  \"a\"   ████████\n"
            "  1     .25  \" b\"  ███▍\n"
            "shown .25, first token .60, rest .15\n");
}

TEST(PrintBars, LeavesMaskedTokensOutAndNamesTheLearnedSink) {
  EXPECT_EQ(printed({0, 0, 1, Direction::attends_to, {0.5F, 0.25F, std::nanf("")}}, 9),
            "m, layer 0, head 0: token 1 \" b\" of 3 attends to\n"
            "how\n"
            "key  weight  text\n"
            "  0     .50  \"a\"   ████████\n"
            "  1     .25  \" b\"  ████\n"
            "shown .25, first token .50, rest .00, learned sink .25\n");
}

TEST(PrintBars, SaysHowMuchOfAColumnIsShown) {
  EXPECT_THAT(printed({0, 0, 1, Direction::attended_by, {std::nanf(""), 0.9F, 0.3F}}, 1),
              HasSubstr("shown .90 of 1.20 that it gets from all tokens\n"));
}

TEST(PrintBars, SaysThatATokenSeesNothing) {
  EXPECT_THAT(printed({0, 0, 0, Direction::attends_to, {std::nanf(""), 0, 0}}, 3),
              HasSubstr("this token sees nothing\n"));
}

TEST(PrintBars, IsColouredOnlyWhereTheConsoleIs) {
  const ShownToken shown{0, 0, 2, Direction::attends_to, {0.6F, 0.25F, 0.15F}};
  EXPECT_EQ(printed(shown, 3).find('\x1b'), std::string::npos);
  EXPECT_NE(printed(shown, 3, true).find('\x1b'), std::string::npos);
}

TEST(Show, FindsThePlantedLinkOfASyntheticHead) {
  const CommandRun run = run_command({"show", "synthetic:500", "--layer", "0", "--head", "0", "--token", "300"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("synthetic, layer 0, head 0: token 300"));
  EXPECT_THAT(run.out, HasSubstr("299    1.00"));
}

TEST(Show, PicksTheLastWordByItselfAndSaysSo) {
  const CommandRun run = run_command({"show", "--model", model}, {"The cat sat.\n\n"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("token: the last word; --token or --find takes another\n"));
  EXPECT_THAT(run.out, HasSubstr("head: of those open, the one with the largest weight"));
}

TEST(Show, FindsATokenByItsText) {
  const CommandRun run = run_command({"show", "synthetic:40", "--find", "t7"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("token 27 \" t7\" of 40"));
  EXPECT_EQ(run_command({"show", "synthetic:40", "--find", "nothing"}).code, 2);
}

TEST(Show, ShowsAColumnWhereItIsAskedFor) {
  const CommandRun run =
      run_command({"show", "synthetic:500", "--layer", "0", "--head", "0", "--token", "300", "--attended-by"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("is attended by"));
  EXPECT_THAT(run.out, HasSubstr("301    1.00"));
}

}  // namespace
}  // namespace attnscope
