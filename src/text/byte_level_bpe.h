// Byte-level BPE (GPT-2, Llama 3, Qwen, SmolLM ...): added tokens, normalisation, words by patterns, byte-pair merging.
// Reading tokenizer.json or GGUF lists is others' matter.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/added_tokens.h"
#include "text/pre_tokenizer.h"
#include "text/tokenizer.h"

namespace attnscope {

// Everything that makes one; words are in the byte alphabet (byte_alphabet.h).
struct ByteLevelBpeParts {
  std::vector<std::pair<std::string_view, std::int32_t>> vocabulary;
  std::vector<std::pair<std::string_view, std::string_view>> merges;  // by rank
  std::vector<AddedToken> added;
  PreTokenizer pre_tokenizer;
  bool nfc = false;                    // the text is normalised to NFC
  bool ignore_merges = false;          // a word of the vocabulary is a token, whatever the merges say
  std::optional<std::string> unknown;  // the word for bytes without a token; none: they are dropped
  bool fuse_unknown = false;
  std::vector<std::int32_t> prefix, suffix;
};

// The strings that `parts` points to are only read during the call. Throws BrokenFile, whose message begins with
// `where`, for a merge of words that are not in the vocabulary, an id that is negative or out of proportion to their
// number, or an unknown word without an id.
std::unique_ptr<Tokenizer> make_byte_level_bpe(ByteLevelBpeParts parts, const std::string& where);

}  // namespace attnscope
