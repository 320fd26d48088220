// The whole vocabulary of SmolLM2 from its GGUF file, which set-up fetches; and of the small GGUF files in the test
// data.
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <random>

#include "formats/gguf.h"
#include "test_data.h"
#include "text/bpe_lists.h"
#include "text/utf8.h"

namespace attnscope {
namespace {

std::unique_ptr<Tokenizer> tokenizer_of(const GgufFile& file) {
  return tokenizer_from_bpe_lists({.tokens = file.strings("tokenizer.ggml.tokens"),
                                   .merges = file.strings("tokenizer.ggml.merges"),
                                   .token_types = file.integers("tokenizer.ggml.token_type"),
                                   .pre_tokenizer = file.string("tokenizer.ggml.pre"),
                                   .begin = {},
                                   .end = {}},
                                  file.path().string());
}

TEST(SmallGgufVocabulary, GivesTheReferenceIdsAndOffsets) {
  const Json facts = data_json("models/gguf.json");
  for (const Json& model : facts.at("models")) {
    const std::string name = "models/" + model.at("file").get<std::string>();
    const GgufFile file = GgufFile::open(std::filesystem::path(ATTNSCOPE_TEST_DATA) / name);
    EXPECT_EQ(tokenizer_of(file)->encode(model.at("text").get<std::string>()), tokens_of(model)) << name;
  }
}

// Where models are kept: ATTNSCOPE_HOME, or the XDG data folder.
std::filesystem::path smollm2_path() {
  const auto folder = [](const char* variable) -> std::filesystem::path {
    const char* const value = std::getenv(variable);
    return value != nullptr ? value : "";
  };
  std::filesystem::path data = folder("ATTNSCOPE_HOME");
  if (data.empty()) {
    data = folder("XDG_DATA_HOME");
    if (data.empty()) data = folder("HOME") / ".local" / "share";
    data /= "attnscope";
  }
  return data / "models" / "smollm2.gguf";
}

class WholeVocabulary : public testing::Test {
 protected:
  void SetUp() override {
    const std::filesystem::path path = smollm2_path();
    if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there; scripts/setup fetches it";
    tokenizer_ = tokenizer_of(GgufFile::open(path));
  }
  std::unique_ptr<Tokenizer> tokenizer_;
};

TEST_F(WholeVocabulary, AllInputsGiveTheReferenceIdsAndOffsets) {
  const Json golden = data_json("tokenizers/smollm2.json");
  for (const Json& item : golden.at("cases")) {
    EXPECT_EQ(tokenizer_->encode(input_of(item)), tokens_of(item)) << item.at("name");
    const std::string plain = item.contains("ids_plain") ? "_plain" : "";
    EXPECT_EQ(tokenizer_->encode(input_of(item), SpecialText::plain), tokens_of(item, plain)) << item.at("name");
  }
}

TEST_F(WholeVocabulary, TheTokensOfEveryTokensBytesJoinToThoseBytes) {
  int checked = 0;
  for (std::int32_t id = 0; id < tokenizer_->vocabulary_size(); ++id) {
    const std::string bytes = tokenizer_->bytes(id);
    if (tokenizer_->is_special(id) || !invalid_utf8(bytes).empty()) continue;  // a part of a character is not a text
    std::string joined;
    for (const Token& token : tokenizer_->encode(bytes)) joined += tokenizer_->bytes(token.id);
    EXPECT_EQ(joined, bytes) << id;
    ++checked;
  }
  EXPECT_GT(checked, 48000);
}

TEST_F(WholeVocabulary, AMillionBytesWithoutASpaceTakeLessThanTwoSecondsOfCpuTime) {
  std::mt19937 random(7);
  std::string noise(1U << 20U, '\0');
  for (char& byte : noise) byte = static_cast<char>(random());
  for (const std::string& text : {std::string(1U << 20U, 'a'), noise, std::string(1U << 20U, ' ')}) {
    const std::clock_t begin = std::clock();
    const std::vector<Token> tokens = tokenizer_->encode(text);
    EXPECT_LT(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC, 2);
    EXPECT_EQ(tokens.back().end, static_cast<std::int64_t>(text.size()));
  }
}

}  // namespace
}  // namespace attnscope
