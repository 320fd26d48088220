// Text to tokens with byte offsets, identical to the reference implementation's. One class a kind; where it comes from
// (tokenizer.json, GGUF) is another file's matter.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/token.h"

namespace attnscope {

// What becomes of the text of a special token ("<|endoftext|>") inside the input.
enum class SpecialText : std::uint8_t { special, plain };

class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  // Tokens of any bytes, without the tokens that a model puts around a text. Invalid UTF-8 is read as one U+FFFD for
  // each maximal invalid part; offsets are bytes of `text` as given.
  virtual std::vector<Token> encode(std::string_view text, SpecialText special = SpecialText::special) const = 0;

  // Ids that the model expects before and after a text (bos, eos), per the tokenizer's own settings.
  virtual std::vector<std::int32_t> prefix() const { return {}; }
  virtual std::vector<std::int32_t> suffix() const { return {}; }

  virtual std::int64_t vocabulary_size() const = 0;
  // Bytes that a token stands for (any bytes, a part of a UTF-8 character perhaps), or the name of a special token.
  virtual std::string bytes(std::int32_t id) const = 0;
  virtual bool is_special(std::int32_t id) const = 0;
};

}  // namespace attnscope
