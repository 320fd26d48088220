// How a text is cut into words before byte-pair merging: the steps of a byte-level pre-tokenizer, in order.
// Source: pre_tokenizers of the tokenizers library (Split, Digits, ByteLevel).
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "text/pattern.h"

namespace attnscope {

// What becomes of a match that cuts a text.
enum class SplitBehavior : std::uint8_t { removed, isolated, merged_with_previous, merged_with_next, contiguous };

struct SplitStep {
  Pattern pattern;
  SplitBehavior behavior = SplitBehavior::isolated;
  bool invert = false;  // what does not match is the match
};

// Cuts off code points of general category N: each alone, or each run of them.
struct DigitsStep {
  bool individual = true;
};

using PreTokenizerStep = std::variant<SplitStep, DigitsStep>;

struct PreTokenizer {
  std::vector<PreTokenizerStep> steps;
  // The last step, ByteLevel: puts a space before a piece that does not begin with one; then cuts by GPT-2's pattern.
  bool add_prefix_space = false;
  std::optional<Pattern> last;
};

// GPT-2's own pattern, which ByteLevel uses: contractions, words, numbers and punctuation with a space before them.
std::string_view gpt2_pattern();

// A word that merging takes as a whole.
struct Word {
  std::string_view bytes;
  const char* place = nullptr;  // in the text: where the bytes begin, or those behind the space put before them
  bool prefixed = false;  // the first byte is such a space, and `bytes` do not outlive the call that hands them on
};

// The words of one text after another. For one thread.
class WordSplitter {
 public:
  using Sink = std::function<void(const Word&)>;
  WordSplitter(const PreTokenizer& pre_tokenizer, Sink sink);

  // Calls the sink with each word of valid UTF-8 in order. Throws InputError where a pattern takes too many steps.
  void split(std::string_view text) { step(text, 0); }

 private:
  void step(std::string_view piece, std::size_t index);
  void cut(std::string_view piece, const SplitStep& split, Matcher& matcher, std::size_t next);
  void digits(std::string_view piece, const DigitsStep& digits, std::size_t next);
  void byte_level(std::string_view piece);

  const PreTokenizer& pre_tokenizer_;
  Sink sink_;
  std::vector<std::optional<Matcher>> matchers_;  // of the steps
  std::optional<Matcher> last_;
  std::string prefixed_;
};

}  // namespace attnscope
