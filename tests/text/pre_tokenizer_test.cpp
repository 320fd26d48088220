#include "text/pre_tokenizer.h"

#include <gtest/gtest.h>

namespace attnscope {
namespace {

using Texts = std::vector<std::string>;

// The words of a text, and where each begins.
Texts words(const PreTokenizer& pre_tokenizer, const std::string& text) {
  Texts found;
  WordSplitter splitter(pre_tokenizer, [&](const Word& word) {
    found.push_back(std::to_string(word.place - text.data()) + ":" + std::string(word.bytes));
  });
  splitter.split(text);
  return found;
}

PreTokenizer split_by(const std::string& pattern, SplitBehavior behavior, bool invert = false) {
  PreTokenizer pre_tokenizer;
  pre_tokenizer.steps.emplace_back(SplitStep{Pattern(pattern, "test"), behavior, invert});
  return pre_tokenizer;
}

// The expected values are what the tokenizers library's Split gives.
TEST(PreTokenizer, EachBehaviorDoesItsOwnWithTheMatches) {
  const std::string text = "a--b-c";
  EXPECT_EQ(words(split_by("-", SplitBehavior::removed), text), (Texts{"0:a", "3:b", "5:c"}));
  EXPECT_EQ(words(split_by("-", SplitBehavior::isolated), text), (Texts{"0:a", "1:-", "2:-", "3:b", "4:-", "5:c"}));
  EXPECT_EQ(words(split_by("-", SplitBehavior::merged_with_previous), text), (Texts{"0:a-", "2:-", "3:b-", "5:c"}));
  EXPECT_EQ(words(split_by("-", SplitBehavior::merged_with_next), text), (Texts{"0:a", "1:-", "2:-b", "4:-c"}));
  EXPECT_EQ(words(split_by("-", SplitBehavior::contiguous), text), (Texts{"0:a", "1:--", "3:b", "4:-", "5:c"}));
}

TEST(PreTokenizer, InvertTurnsTheRestIntoTheMatch) {
  EXPECT_EQ(words(split_by("[a-z]+", SplitBehavior::removed, true), "ab--c"), (Texts{"0:ab", "4:c"}));
}

TEST(PreTokenizer, AnEmptyMatchCutsWithoutAWordOfItsOwn) {
  EXPECT_EQ(words(split_by("(?=b)", SplitBehavior::isolated), "abab"), (Texts{"0:a", "1:ba", "3:b"}));
  EXPECT_EQ(words(split_by("", SplitBehavior::isolated), "a\u00e9"), (Texts{"0:a", "1:\u00e9"}));
}

TEST(PreTokenizer, DigitsAreCutOffOneByOneOrInRuns) {
  PreTokenizer pre_tokenizer;
  pre_tokenizer.steps.emplace_back(DigitsStep{true});
  EXPECT_EQ(words(pre_tokenizer, "a12\u00bdb"), (Texts{"0:a", "1:1", "2:2", "3:\u00bd", "5:b"}));
  pre_tokenizer.steps[0] = DigitsStep{false};
  EXPECT_EQ(words(pre_tokenizer, "a12\u00bdb"), (Texts{"0:a", "1:12\u00bd", "5:b"}));
}

TEST(PreTokenizer, LaterStepsSeeTheEndOfEachPieceAsAnEnd) {
  PreTokenizer pre_tokenizer;
  pre_tokenizer.steps.emplace_back(DigitsStep{true});
  pre_tokenizer.last.emplace(gpt2_pattern(), "test");
  EXPECT_EQ(words(pre_tokenizer, "x  1"), (Texts{"0:x", "1:  ", "3:1"}));
}

TEST(PreTokenizer, ASpaceIsPutBeforeATextThatHasNone) {
  PreTokenizer pre_tokenizer;
  pre_tokenizer.add_prefix_space = true;
  pre_tokenizer.last.emplace(gpt2_pattern(), "test");
  EXPECT_EQ(words(pre_tokenizer, "ab cd"), (Texts{"0: ab", "2: cd"}));
  EXPECT_EQ(words(pre_tokenizer, " ab cd"), (Texts{"0: ab", "3: cd"}));
}

}  // namespace
}  // namespace attnscope
