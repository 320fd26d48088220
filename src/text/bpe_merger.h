// Byte-pair merging of one word: the pair of lowest rank first, the leftmost of equals, until none is left.
// Source: Sennrich et al. 2016, as the tokenizers library runs it. Where words come from is others' matter.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace attnscope {

// A token of a word: bytes [begin, end) of it.
struct WordToken {
  std::int32_t id = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  friend bool operator==(const WordToken&, const WordToken&) = default;
};

// What a pair of neighbouring tokens becomes.
struct Merge {
  std::uint32_t rank = 0;
  std::int32_t id = -1;
};

// A hash table from pairs of ids to merges, open addressing, filled once.
class MergeTable {
 public:
  MergeTable() = default;
  explicit MergeTable(std::size_t count);
  // A later merge of the same pair replaces the earlier one.
  void add(std::int32_t left, std::int32_t right, Merge merge);
  // Null where the pair does not merge.
  const Merge* find(std::int32_t left, std::int32_t right) const;

 private:
  struct Slot {
    std::uint64_t pair = no_pair;
    Merge merge;
  };
  static constexpr std::uint64_t no_pair = ~std::uint64_t{0};
  std::size_t place(std::uint64_t pair) const;
  std::vector<Slot> slots_ = std::vector<Slot>(1);
};

// The token of each single byte; -1: none, and the byte is dropped, or becomes the unknown token where there is one.
struct ByteTokens {
  std::array<std::int32_t, 256> ids;
  std::int32_t unknown = -1;
  bool fuse_unknown = false;  // neighbouring unknown bytes become one token
};

// Scratch memory for merging; for one thread. Time n log n in the length of a word.
class WordMerger {
 public:
  WordMerger(const MergeTable& merges, const ByteTokens& bytes) : merges_(merges), bytes_(bytes) {}
  // The tokens of `word`, at most 2^32 - 1 bytes; valid until the next call.
  const std::vector<WordToken>& merge(std::string_view word);

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  struct Candidate {
    std::uint32_t rank;
    std::uint32_t at;  // of the left token
    std::int32_t left, right;
  };
  void fill(std::string_view word);
  void merge_short();
  void merge_long();
  void consider(std::uint32_t at);

  const MergeTable& merges_;
  const ByteTokens& bytes_;
  std::vector<WordToken> tokens_;
  std::vector<std::uint32_t> ranks_;            // of the pair that begins at each token, in merge_short
  std::vector<std::uint32_t> next_, previous_;  // the linked list of merge_long
  std::vector<Candidate> heap_;
};

}  // namespace attnscope
