#include "text/pattern.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "text/pattern_syntax.h"

namespace attnscope {
namespace {

using Texts = std::vector<std::string>;

// The texts of all matches, which must not be empty.
Texts matches(const std::string& pattern, const std::string& text) {
  Matcher matcher(Pattern(pattern, "test"));
  Texts found;
  std::size_t at = 0;
  while (const auto match = matcher.find(text, at)) {
    found.push_back(text.substr(match->begin, match->end - match->begin));
    if (match->begin == match->end) break;
    at = match->end;
  }
  return found;
}

std::string refusal(const std::string& pattern) {
  try {
    const Pattern compiled(pattern, "test");
    return "accepted";
  } catch (const BrokenFile& error) {
    return error.what();
  }
}

TEST(Pattern, WhiteSpaceIsUnicodesAndTheMongolianVowelSeparatorIsNone) {
  EXPECT_EQ(matches(R"(\s)", "\u180e\u0085\u3000"), (Texts{"\u0085", "\u3000"}));
  EXPECT_EQ(matches(R"([^\S])", "\u180e\u0085"), (Texts{"\u0085"}));
  EXPECT_EQ(matches(R"(\S)", "\u180e\u0085"), (Texts{"\u180e"}));
}

TEST(Pattern, HIsAHexadecimalDigit) { EXPECT_EQ(matches(R"(\h+)", "xfF0 g"), (Texts{"fF0"})); }

TEST(Pattern, WordCharactersIncludeMarksAndNotOtherNumbers) {
  EXPECT_EQ(matches(R"(\w+)", "e\u0301_1\u00bd"), (Texts{"e\u0301_1"}));
  EXPECT_EQ(matches(R"(\b.)", "\u00bda"), (Texts{"a"}));
}

TEST(Pattern, CaretAndDollarHoldAtEveryLine) { EXPECT_EQ(matches("^.$", "a\nb"), (Texts{"a", "b"})); }

TEST(Pattern, OptionMLetsTheDotMatchALineFeed) {
  EXPECT_EQ(matches("a.b", "a\nb"), Texts{});
  EXPECT_EQ(matches("(?m:a.b)", "a\nb"), (Texts{"a\nb"}));
}

TEST(Pattern, AnOptionAloneHoldsToTheEndOfItsGroupAcrossAlternatives) {
  EXPECT_EQ(matches("(x(?i)a|b)", "xA xb B"), (Texts{"xA", "xb"}));
}

TEST(Pattern, PossessiveQuantifiersGiveNothingBack) {
  EXPECT_EQ(matches("a++a", "aaa"), Texts{});
  EXPECT_EQ(matches("a+a", "aaa"), (Texts{"aaa"}));
}

TEST(Pattern, APlusBehindAnIntervalRepeatsTheInterval) {
  EXPECT_EQ(matches("(?:ab|c){1,2}+", "ababcab"), (Texts{"ababcab"}));
}

TEST(Pattern, AnIntervalWithoutALowerBoundBeginsAtZero) { EXPECT_EQ(matches("xa{,2}", "xaaa"), (Texts{"xaa"})); }

TEST(Pattern, BracketsInsideBracketsUnite) { EXPECT_EQ(matches("[a[bc][:digit:]]+", "xabc1d"), (Texts{"abc1"})); }

TEST(Pattern, AHyphenBehindASetIsACharacter) { EXPECT_EQ(matches(R"([\s-z]+)", "a- zb"), (Texts{"- z"})); }

TEST(Pattern, PropertiesHaveTheirLongNamesAndScriptsAreScripts) {
  EXPECT_EQ(matches(R"(\p{Letter}+|\p{^Digit})", "ab1-"), (Texts{"ab", "-"}));
  EXPECT_EQ(matches(R"(\p{Han}+)", "\u6771\u4eac\u3002"), (Texts{"\u6771\u4eac"}));
}

TEST(Pattern, LookingBehindStaysInsideTheSubject) {
  Matcher matcher(Pattern("(?<!x)a", "test"));
  const std::string text = "xa";
  EXPECT_TRUE(matcher.find(std::string_view(text).substr(1), 0).has_value());
}

TEST(Pattern, WhatHasNoCounterpartIsRefusedByName) {
  EXPECT_EQ(refusal("[a-z&&[^b]]"), "test: '&&' inside brackets at byte 4 of the pattern is not supported");
  EXPECT_NE(refusal("(?~ab)").find("a group with the option"), std::string::npos);
  EXPECT_NE(refusal("(*UTF)a").find("'(*'"), std::string::npos);
  EXPECT_NE(refusal(R"(\p{Nonsense})").find("not valid"), std::string::npos);
  EXPECT_NE(refusal("(a").find("not valid"), std::string::npos);
  EXPECT_NE(refusal("a)").find("closing parenthesis"), std::string::npos);
  EXPECT_NE(refusal("[a").find("not valid"), std::string::npos);
  EXPECT_NE(refusal("\\").find("not valid"), std::string::npos);
  EXPECT_NE(refusal(std::string(20000, 'a')).find("20000 bytes"), std::string::npos);
}

TEST(Pattern, ASearchThatNeverEndsIsStopped) {
  Matcher matcher(Pattern("(a|aa|a?a)+[xy]", "test"));
  EXPECT_THROW(matcher.find(std::string(200, 'a'), 0), InputError);
}

TEST(Pattern, ALiteralMatchesItselfOnly) {
  Matcher matcher(Pattern::literal("a.*\\E[\u00e9", "test"));
  const std::string text = "axx a.*\\E[\u00e9";
  const auto match = matcher.find(text, 0);
  ASSERT_TRUE(match.has_value());
  EXPECT_EQ(match->begin, 4U);
  EXPECT_EQ(match->end, text.size());
}

}  // namespace
}  // namespace attnscope
