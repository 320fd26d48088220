#include "text/added_tokens.h"

#include <gtest/gtest.h>

namespace attnscope {
namespace {

using Spans = std::vector<std::string>;

AddedToken token(std::int32_t id, const std::string& content) {
  AddedToken added;
  added.id = id;
  added.content = content;
  return added;
}

// "ID:TEXT" of each match.
Spans found(const std::vector<AddedToken>& tokens, const std::string& text, bool with_special = true) {
  Spans spans;
  for (const AddedTokenMatch& match : AddedTokenFinder(tokens).find(text, with_special)) {
    spans.push_back(std::to_string(match.id) + ":" + text.substr(match.begin, match.end - match.begin));
  }
  return spans;
}

TEST(AddedTokens, TheLongestAtTheFirstPlaceIsTaken) {
  EXPECT_EQ(found({token(1, "<a"), token(2, "<a>"), token(3, "a>")}, "x<a>a>"), (Spans{"2:<a>", "3:a>"}));
}

TEST(AddedTokens, TheLongestThatIsCompleteIsTaken) {
  EXPECT_EQ(found({token(1, "<a"), token(2, "<abcd>")}, "<abc <abcd>"), (Spans{"1:<a", "2:<abcd>"}));
}

TEST(AddedTokens, SpecialTokensAreLeftOutOnRequest) {
  std::vector<AddedToken> tokens = {token(1, "<s>"), token(2, "<u>")};
  tokens[0].special = true;
  EXPECT_EQ(found(tokens, "<s><u>", false), (Spans{"2:<u>"}));
}

TEST(AddedTokens, StrippingTakesTheWhiteSpaceBesideAToken) {
  std::vector<AddedToken> tokens = {token(1, "<l>"), token(2, "<r>")};
  tokens[0].lstrip = true;
  tokens[1].rstrip = true;
  EXPECT_EQ(found(tokens, "x \u2003<l> y <r> \n<l>"), (Spans{"1: \u2003<l>", "2:<r> \n", "1:<l>"}));
}

TEST(AddedTokens, ASingleWordHasNoWordCharacterBesideIt) {
  std::vector<AddedToken> tokens = {token(1, "ing")};
  tokens[0].single_word = true;
  EXPECT_EQ(found(tokens, "sing ing \u00e9ing ing_ ing."), (Spans{"1:ing", "1:ing"}));
}

TEST(AddedTokens, ATokenWithoutContentIsNeverFound) { EXPECT_EQ(found({token(1, "")}, "abc"), Spans{}); }

}  // namespace
}  // namespace attnscope
