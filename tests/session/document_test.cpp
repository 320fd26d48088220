#include "session/document.h"

#include <gtest/gtest.h>

namespace attnscope {
namespace {

Document document_of(std::string text, std::vector<Token> tokens, std::int64_t first = 0, std::int64_t count = -1) {
  CaptureInfo info;
  info.model = "test";
  info.text = std::move(text);
  info.count = count < 0 ? static_cast<std::int64_t>(tokens.size()) : count;
  info.first = first;
  info.tokens = std::move(tokens);
  return {"name", std::make_shared<Capture>(std::move(info)), nullptr};
}

TEST(DocumentTest, LabelsAreTheTextWithoutSpaces) {
  const Document document = document_of("The cat\n\n\t ", {{1, 0, 3}, {2, 3, 7}, {3, 7, 9}, {4, 9, 10}, {5, 10, 11}});
  EXPECT_EQ(document.label(0), "The");
  EXPECT_EQ(document.label(1), "cat");
  EXPECT_EQ(document.label(2), "⏎");
  EXPECT_EQ(document.label(3), "⇥");
  EXPECT_EQ(document.label(4), "␣");
}

TEST(DocumentTest, ATokenWithoutBytesIsShownByItsId) {
  const Document document = document_of("a", {{7, 0, 0}, {1, 0, 1}});
  EXPECT_EQ(document.label(0), "⟨7⟩");
}

TEST(DocumentTest, ACharacterSplitOverTokensIsOneUnitWithOneLabel) {
  const Document document = document_of("a\xe2\x82\xac", {{1, 0, 1}, {2, 1, 2}, {3, 2, 4}});
  ASSERT_EQ(document.units().size(), 2U);
  EXPECT_EQ(document.unit_of(1), 1U);
  EXPECT_EQ(document.unit_of(2), 1U);
  EXPECT_EQ(document.label(1), "€");
  EXPECT_EQ(document.label(2), "€");
}

TEST(DocumentTest, TheContextIsAPartOfTheDocument) {
  const Document document = document_of("abcd", {{1, 0, 1}, {2, 1, 2}, {3, 2, 3}, {4, 3, 4}}, 1, 2);
  EXPECT_FALSE(document.in_context(0));
  EXPECT_TRUE(document.in_context(1));
  EXPECT_TRUE(document.in_context(2));
  EXPECT_FALSE(document.in_context(3));
  EXPECT_EQ(document.place(2), 1);
  EXPECT_EQ(document.token_at(1), 2);
  EXPECT_EQ(document.context_ids(), (std::vector<std::int32_t>{2, 3}));
}

TEST(DocumentTest, FindsTheNthTokenThatReadsSo) {
  const Document document = document_of("it it.", {{1, 0, 2}, {1, 2, 5}, {2, 5, 6}});
  EXPECT_EQ(document.find_token("it", 1), 0);
  EXPECT_EQ(document.find_token("it", 2), 1);
  EXPECT_EQ(document.find_token("it", 3), -1);
  EXPECT_EQ(document.last_word(), 1);
}

TEST(DocumentTest, UpTo64TokensAreASentence) {
  std::vector<Token> tokens(64, Token{1, 0, 0});
  EXPECT_TRUE(document_of("", tokens).is_sentence());
  tokens.emplace_back(Token{1, 0, 0});
  EXPECT_FALSE(document_of("", tokens).is_sentence());
}

}  // namespace
}  // namespace attnscope
