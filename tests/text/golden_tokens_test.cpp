// Ids and offsets of the reference implementations. The vocabularies of smollm2 and gpt2 here are cut down to the
// merges that these inputs apply (which changes nothing for them); smollm2_vocabulary_test.cpp uses the whole one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test_data.h"
#include "text/tokenizer_json.h"

namespace attnscope {
namespace {

struct GoldenTokens : testing::TestWithParam<std::string> {};

TEST_P(GoldenTokens, AllInputsGiveTheReferenceIdsAndOffsets) {
  const auto tokenizer = tokenizer_from_json(data_text("tokenizers/" + GetParam() + ".tokenizer.json"), GetParam());
  const Json golden = data_json("tokenizers/" + GetParam() + ".json");
  EXPECT_EQ(golden.at("cases").size(), 90U);
  for (const Json& item : golden.at("cases")) {
    EXPECT_EQ(tokenizer->encode(input_of(item)), tokens_of(item)) << item.at("name");
  }
}

TEST_P(GoldenTokens, TheTextOfSpecialTokensCanBeReadAsPlainText) {
  const auto tokenizer = tokenizer_from_json(data_text("tokenizers/" + GetParam() + ".tokenizer.json"), GetParam());
  int different = 0;
  const Json golden = data_json("tokenizers/" + GetParam() + ".json");
  for (const Json& item : golden.at("cases")) {
    const bool differs = item.contains("ids_plain");
    different += differs ? 1 : 0;
    EXPECT_EQ(tokenizer->encode(input_of(item), SpecialText::plain), tokens_of(item, differs ? "_plain" : ""))
        << item.at("name");
  }
  EXPECT_GT(different, 0);
}

INSTANTIATE_TEST_SUITE_P(RealTokenizers, GoldenTokens, testing::Values("smollm2", "gpt2"),
                         [](const auto& test) { return test.param; });

struct TinyModel {
  std::string tokenizer;
  std::string golden;
  bool trimmed =
      false;  // the reference leaves the spaces at a token's begin out of its span, as the file's post-processor asks
};

std::ostream& operator<<(std::ostream& out, const TinyModel& model) { return out << model.tokenizer; }

Token without_spaces(Token token, const std::string& text) {
  while (token.begin < token.end && text[static_cast<std::size_t>(token.begin)] == ' ') ++token.begin;
  return token;
}

struct GoldenTinyModels : testing::TestWithParam<TinyModel> {};

TEST_P(GoldenTinyModels, PrefixTokensAndSuffixAreTheReferences) {
  const auto tokenizer = tokenizer_from_json(data_text(GetParam().tokenizer), GetParam().tokenizer);
  const Json golden = data_json(GetParam().golden);
  const std::string text = golden.at("text");
  std::vector<Token> tokens;
  for (const std::int32_t id : tokenizer->prefix()) tokens.push_back({id, 0, 0});
  for (const Token& token : tokenizer->encode(text)) {
    tokens.push_back(GetParam().trimmed ? without_spaces(token, text) : token);
  }
  std::vector<std::int32_t> ids;
  for (const Token& token : tokens) ids.push_back(token.id);
  for (const std::int32_t id : tokenizer->suffix()) ids.push_back(id);
  EXPECT_EQ(ids, golden.at("ids").get<std::vector<std::int32_t>>());
  const std::vector<Token> expected = tokens_of(golden);
  ASSERT_GE(expected.size(), tokens.size());
  EXPECT_EQ(tokens,
            std::vector<Token>(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(tokens.size())));
}

INSTANTIATE_TEST_SUITE_P(
    ByteLevel, GoldenTinyModels,
    testing::Values(TinyModel{"tokenizers/tiny_gpt2.tokenizer.json", "tokenizers/tiny_gpt2.golden.json"},
                    TinyModel{"tokenizers/tiny_roberta.tokenizer.json", "tokenizers/tiny_roberta.golden.json"},
                    TinyModel{"models/llama/tokenizer.json", "models/llama.golden.json", true},
                    TinyModel{"models/qwen2/tokenizer.json", "models/qwen2.golden.json"},
                    TinyModel{"models/qwen3/tokenizer.json", "models/qwen3.golden.json"}));

}  // namespace
}  // namespace attnscope
