// A byte-level BPE tokenizer from the lists that a GGUF file holds, in a form that knows nothing of GGUF.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "text/tokenizer.h"

namespace attnscope {

struct BpeLists {
  std::span<const std::string_view> tokens;   // by id, in the byte alphabet; control tokens as they are written
  std::span<const std::string_view> merges;   // "left right", by rank
  std::span<const std::int64_t> token_types;  // 1 normal, 3 control, 4 user defined, as ggml numbers them; may be empty
  std::string_view pre_tokenizer;  // ggml's name for the way of cutting: "smollm", "gpt-2", "llama-bpe", "qwen2"
  std::optional<std::int32_t> begin, end;  // put around a text where the file says so
};

// Tokens of type 3 and 4 are found in the text first; those of type 3 are special. Throws InputError for a way of
// cutting that is not known, naming those that are; BrokenFile for lists that do not fit each other. Messages begin
// with `where`.
std::unique_ptr<Tokenizer> tokenizer_from_bpe_lists(const BpeLists& lists, const std::string& where);

}  // namespace attnscope
