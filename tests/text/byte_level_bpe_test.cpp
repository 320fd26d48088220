#include "text/byte_level_bpe.h"

#include <gtest/gtest.h>

#include <ctime>
#include <random>

#include "core/error.h"
#include "test_data.h"
#include "text/bpe_lists.h"
#include "text/byte_alphabet.h"
#include "text/tokenizer_json.h"
#include "text/utf8.h"

namespace attnscope {
namespace {

// Every byte has a token in gpt2, and not in smollm2.
std::unique_ptr<Tokenizer> real(const std::string& name) {
  return tokenizer_from_json(data_text("tokenizers/" + name + ".tokenizer.json"), name);
}

// Text of any script, sometimes with bytes that are none.
std::string random_text(std::mt19937& random, bool valid) {
  const std::vector<std::string> pieces = {
      "the ",         " and",       "  \n",         "\r\n",          "don't",      "1234", "\u00e9", "e\u0301",
      "\u6771\u4eac", "\U0001F600", "\u0645\u0631", "<|endoftext|>", "<|im_end|>", "...",  "\t",     "\u00a0"};
  std::string text;
  for (auto left = random() % 60; left > 0; --left) {
    if (!valid && random() % 4 == 0) text += static_cast<char>(random());
    text += pieces[random() % pieces.size()];
  }
  return text;
}

TEST(ByteLevelBpe, TokensCoverEveryByteOfValidTextInOrderAndTheirBytesJoinToIt) {
  const auto tokenizer = real("gpt2");
  std::mt19937 random(1);
  for (int round = 0; round < 500; ++round) {
    const std::string text = random_text(random, true);
    std::int64_t at = 0;
    std::string joined;
    for (const Token& token : tokenizer->encode(text)) {
      ASSERT_EQ(token.begin, at);
      ASSERT_GT(token.end, token.begin);
      at = token.end;
      joined += tokenizer->bytes(token.id);
    }
    ASSERT_EQ(at, static_cast<std::int64_t>(text.size()));
    ASSERT_EQ(joined, text);
  }
}

TEST(ByteLevelBpe, OffsetsOfAnyBytesNeverGoBackAndTokensJoinToTheReplacedText) {
  const auto tokenizer = real("gpt2");
  std::mt19937 random(2);
  for (int round = 0; round < 500; ++round) {
    const std::string text = random_text(random, false);
    Token last;
    std::string joined;
    for (const Token& token : tokenizer->encode(text)) {
      ASSERT_LE(last.begin, token.begin);
      ASSERT_LE(last.end, token.end);
      ASSERT_LT(token.begin, token.end);
      ASSERT_LE(token.begin, last.end);  // no byte is left out
      last = token;
      joined += tokenizer->bytes(token.id);
    }
    ASSERT_EQ(last.end, static_cast<std::int64_t>(text.size()));
    ASSERT_EQ(joined, replace_invalid_utf8(text, invalid_utf8(text)).text);
  }
}

TEST(ByteLevelBpe, ALongTextGivesTheTokensOfItsLines) {
  // More different words than the cache holds.
  const auto tokenizer = real("smollm2");
  std::string text;
  std::vector<Token> expected;
  for (int line = 0; line < 90000; ++line) {
    std::string word = "w";
    for (int rest = line; rest > 0; rest /= 26) word += static_cast<char>('a' + rest % 26);
    for (Token token : tokenizer->encode("." + word)) {
      token.begin += static_cast<std::int64_t>(text.size());
      token.end += static_cast<std::int64_t>(text.size());
      expected.push_back(token);
    }
    text += "." + word;
  }
  EXPECT_TRUE(tokenizer->encode(text) == expected);
}

TEST(ByteLevelBpe, AMillionBytesWithoutASpaceTakeLessThanTwoSecondsOfCpuTime) {
  const auto tokenizer = real("gpt2");
  std::mt19937 random(7);
  std::string noise(1U << 20U, '\0');
  for (char& byte : noise) byte = static_cast<char>(random());
  for (const std::string& text :
       {std::string(1U << 20U, 'a'), noise, std::string(1U << 20U, ' '), std::string(1U << 20U, '<')}) {
    const std::clock_t begin = std::clock();
    const std::vector<Token> tokens = tokenizer->encode(text);
    EXPECT_LT(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC, 2);
    EXPECT_EQ(tokens.back().end, static_cast<std::int64_t>(text.size()));
  }
}

// "ab" merges; "abc" is a word that no merge makes.
ByteLevelBpeParts small_parts() {
  ByteLevelBpeParts parts;
  parts.vocabulary = {{"a", 0}, {"b", 1}, {"c", 2}, {"ab", 3}, {"abc", 4}, {"\u0120", 5}, {"\u0120a", 6}};
  parts.merges = {{"a", "b"}, {"\u0120", "a"}};
  return parts;
}

TEST(ByteLevelBpe, AWordOfTheVocabularyIsATokenWhereMergesAreIgnored) {
  EXPECT_EQ(make_byte_level_bpe(small_parts(), "test")->encode("abc"), (std::vector<Token>{{3, 0, 2}, {2, 2, 3}}));
  ByteLevelBpeParts parts = small_parts();
  parts.ignore_merges = true;
  EXPECT_EQ(make_byte_level_bpe(std::move(parts), "test")->encode("abc"), (std::vector<Token>{{4, 0, 3}}));
}

TEST(ByteLevelBpe, ASpacePutBeforeTheTextHasNoBytesOfIt) {
  ByteLevelBpeParts parts = small_parts();
  parts.pre_tokenizer.add_prefix_space = true;
  EXPECT_EQ(make_byte_level_bpe(std::move(parts), "test")->encode("ac"), (std::vector<Token>{{6, 0, 1}, {2, 1, 2}}));
  parts = small_parts();
  parts.pre_tokenizer.add_prefix_space = true;
  EXPECT_EQ(make_byte_level_bpe(std::move(parts), "test")->encode("c"), (std::vector<Token>{{5, 0, 0}, {2, 0, 1}}));
}

TEST(ByteLevelBpe, ANormalisedCharacterHasTheBytesItWasMadeFrom) {
  ByteLevelBpeParts parts;
  const std::string word = word_of_bytes("\u00e9");
  const std::string_view first = std::string_view(word).substr(0, 2);
  const std::string_view second = std::string_view(word).substr(2);
  parts.vocabulary = {{"a", 0}, {first, 1}, {second, 2}, {word, 3}};
  parts.merges = {{first, second}};
  parts.nfc = true;
  EXPECT_EQ(make_byte_level_bpe(std::move(parts), "test")->encode("ae\u0301a"),
            (std::vector<Token>{{0, 0, 1}, {3, 1, 4}, {0, 4, 5}}));
}

TEST(ByteLevelBpe, BytesOfATokenAreRawAndASpecialTokensAreItsName) {
  const auto tokenizer = real("gpt2");
  EXPECT_EQ(tokenizer->bytes(220), " ");
  EXPECT_EQ(tokenizer->bytes(50256), "<|endoftext|>");
  EXPECT_TRUE(tokenizer->is_special(50256));
  EXPECT_FALSE(tokenizer->is_special(220));
  EXPECT_EQ(tokenizer->vocabulary_size(), 50257);
  EXPECT_EQ(tokenizer->bytes(-1), "");
  EXPECT_EQ(tokenizer->bytes(50257), "");
}

std::string refusal(const ByteLevelBpeParts& parts) {
  try {
    make_byte_level_bpe(parts, "test");
    return "accepted";
  } catch (const BrokenFile& error) {
    return error.what();
  }
}

TEST(ByteLevelBpe, WhatDoesNotFitTogetherIsRefused) {
  ByteLevelBpeParts parts = small_parts();
  parts.merges.emplace_back("a", "c");
  EXPECT_EQ(refusal(parts), "test: a merge names \"ac\", which is not in the vocabulary");
  parts = small_parts();
  parts.unknown = "<unk>";
  EXPECT_EQ(refusal(parts), "test: the unknown token \"<unk>\" is not in the vocabulary");
  parts = small_parts();
  parts.vocabulary.emplace_back("d", 2000000000);
  EXPECT_NE(refusal(parts).find("in proportion"), std::string::npos);
}

std::string lists_refusal(const BpeLists& lists) {
  try {
    tokenizer_from_bpe_lists(lists, "test");
    return "accepted";
  } catch (const InputError& error) {
    return error.what();
  }
}

TEST(BpeLists, AnUnknownPreTokenizerIsRefusedByName) {
  EXPECT_NE(
      lists_refusal({.tokens = {}, .merges = {}, .token_types = {}, .pre_tokenizer = "viking", .begin = {}, .end = {}})
          .find("\"viking\" is not supported yet"),
      std::string::npos);
}

TEST(BpeLists, ListsThatDoNotFitEachOtherAreRefused) {
  const std::vector<std::string_view> tokens = {"a", "b"};
  const std::vector<std::string_view> merges = {"a  b"};
  const std::vector<std::int64_t> types = {1};
  EXPECT_EQ(
      lists_refusal(
          {.tokens = tokens, .merges = {}, .token_types = types, .pre_tokenizer = "gpt-2", .begin = {}, .end = {}}),
      "test: 1 token types for 2 tokens");
  EXPECT_EQ(
      lists_refusal(
          {.tokens = tokens, .merges = merges, .token_types = {}, .pre_tokenizer = "gpt-2", .begin = {}, .end = {}}),
      "test: the merge \"a  b\" is not two words with a space between");
}

TEST(BpeLists, ControlTokensAreSpecialAndUserDefinedOnesAreFoundAsWell) {
  const std::vector<std::string_view> tokens = {"a", "<c>", "<u>", "<", ">", "c", "u"};
  const std::vector<std::int64_t> types = {1, 3, 4, 1, 1, 1, 1};
  const auto tokenizer = tokenizer_from_bpe_lists(
      {.tokens = tokens, .merges = {}, .token_types = types, .pre_tokenizer = "gpt-2", .begin = 1, .end = {}}, "test");
  EXPECT_EQ(tokenizer->encode("<c><u>"), (std::vector<Token>{{1, 0, 3}, {2, 3, 6}}));
  EXPECT_EQ(tokenizer->encode("<c><u>", SpecialText::plain),
            (std::vector<Token>{{3, 0, 1}, {5, 1, 2}, {4, 2, 3}, {2, 3, 6}}));
  EXPECT_EQ(tokenizer->prefix(), std::vector<std::int32_t>{1});
  EXPECT_TRUE(tokenizer->suffix().empty());
}

}  // namespace
}  // namespace attnscope
