// One call of a byte-level BPE tokenizer: from valid text to tokens with offsets. Making the tokenizer is
// byte_level_bpe.h's matter.
#pragma once
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/added_tokens.h"
#include "text/bpe_merger.h"
#include "text/pre_tokenizer.h"
#include "text/token.h"
#include "text/utf8.h"
#include "text/word_cache.h"

namespace attnscope {

// What encoding needs of a tokenizer, fixed once it is made.
struct BpeModel {
  MergeTable merges;
  ByteTokens bytes{};
  PreTokenizer pre_tokenizer;
  AddedTokenFinder added_raw, added_normalized;  // looked for before and after normalisation
  bool nfc = false;
  std::unordered_map<std::string, std::int32_t> whole_words;  // tokens whatever the merges say, by their bytes
};

class BpeEncoding {
 public:
  BpeEncoding(const BpeModel& model, bool with_special);
  BpeEncoding(const BpeEncoding&) = delete;
  BpeEncoding& operator=(const BpeEncoding&) = delete;

  // Tokens of valid UTF-8; `source` leads from its bytes to those of the text it was made from.
  std::vector<Token> run(std::string_view text, const OffsetMap& source);

 private:
  template <class Rest>
  void between(const AddedTokenFinder& finder, std::string_view text, const Rest& rest);
  void normalize(std::string_view part);
  void word(const Word& word);
  std::span<const WordToken> tokens_of(std::string_view word);
  void put(std::int32_t id, const char* begin, const char* end);

  const BpeModel& model_;
  bool with_special_;
  WordMerger merger_;
  WordSplitter splitter_;
  WordCache cache_;
  WordToken whole_;
  std::deque<ReplacedText> normalized_;  // the parts that normalisation changed
  std::vector<Token> tokens_;
  // The part that is being encoded: from its bytes by `normal_` (if it was normalised) and `base_` to those of the
  // text, and by `source_` to those of the source.
  const char* part_ = nullptr;
  const OffsetMap* normal_ = nullptr;
  std::size_t base_ = 0;
  const OffsetMap* source_ = nullptr;
};

}  // namespace attnscope
