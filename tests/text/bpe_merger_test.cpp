#include "text/bpe_merger.h"

#include <gtest/gtest.h>

#include <random>

namespace attnscope {
namespace {

// Tokens 0 to 25 are a to z.
ByteTokens letters() {
  ByteTokens bytes{};
  bytes.ids.fill(-1);
  for (std::size_t i = 0; i < 26; ++i) bytes.ids['a' + i] = static_cast<std::int32_t>(i);
  return bytes;
}

// The definition, word for word: the lowest rank, the leftmost of equals, until none is left.
std::vector<WordToken> merged_plainly(const MergeTable& merges, const ByteTokens& bytes, const std::string& word) {
  std::vector<WordToken> tokens;
  for (std::uint32_t i = 0; i < word.size(); ++i) {
    const std::int32_t id = bytes.ids[static_cast<unsigned char>(word[i])];
    if (id >= 0) tokens.push_back({id, i, i + 1});
  }
  while (true) {
    std::size_t best = tokens.size();
    const Merge* lowest = nullptr;
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
      const Merge* const merge = merges.find(tokens[i].id, tokens[i + 1].id);
      if (merge == nullptr || (lowest != nullptr && lowest->rank <= merge->rank)) continue;
      lowest = merge;
      best = i;
    }
    if (lowest == nullptr) return tokens;
    tokens[best] = {lowest->id, tokens[best].begin, tokens[best + 1].end};
    tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(best) + 1);
  }
}

TEST(WordMerger, EqualPairsMergeFromTheLeft) {
  MergeTable merges(1);
  merges.add(0, 0, {0, 30});
  const ByteTokens bytes = letters();
  EXPECT_EQ(WordMerger(merges, bytes).merge("aaa"), (std::vector<WordToken>{{30, 0, 2}, {0, 2, 3}}));
}

TEST(WordMerger, ADroppedByteLetsItsNeighboursMerge) {
  MergeTable merges(1);
  merges.add(0, 1, {0, 30});
  const ByteTokens bytes = letters();
  EXPECT_EQ(WordMerger(merges, bytes).merge("a!b"), (std::vector<WordToken>{{30, 0, 3}}));
}

TEST(WordMerger, UnknownBytesBecomeTheUnknownTokenAndFuseIfAsked) {
  const MergeTable merges(0);
  ByteTokens bytes = letters();
  bytes.unknown = 99;
  EXPECT_EQ(WordMerger(merges, bytes).merge("a!!"), (std::vector<WordToken>{{0, 0, 1}, {99, 1, 2}, {99, 2, 3}}));
  bytes.fuse_unknown = true;
  EXPECT_EQ(WordMerger(merges, bytes).merge("a!!"), (std::vector<WordToken>{{0, 0, 1}, {99, 1, 3}}));
}

TEST(WordMerger, WordsOfAnyLengthMergeAsTheDefinitionSays) {
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    const std::int32_t alphabet = 2 + round % 3;
    std::int32_t tokens = 26;
    MergeTable merges(40);
    for (std::uint32_t rank = 0; rank < 40; ++rank) {
      // Pairs of letters and of what earlier merges made.
      const auto any = [&] {
        const auto pick = static_cast<std::int32_t>(random() % static_cast<std::uint32_t>(alphabet + tokens - 26));
        return pick < alphabet ? pick : 26 + pick - alphabet;
      };
      const std::int32_t left = any();
      merges.add(left, any(), {rank, tokens++});
    }
    std::string word(1 + random() % 120, 'a');
    for (char& c : word)
      c = static_cast<char>('a' + static_cast<std::int32_t>(random() % static_cast<std::uint32_t>(alphabet)));
    const ByteTokens bytes = letters();
    ASSERT_EQ(WordMerger(merges, bytes).merge(word), merged_plainly(merges, bytes, word)) << word;
  }
}

}  // namespace
}  // namespace attnscope
