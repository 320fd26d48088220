// Tokens that are found in a text before it is cut into words: special tokens and others added to a vocabulary.
// Source: AddedVocabulary of the tokenizers library.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace attnscope {

struct AddedToken {
  std::int32_t id = 0;
  std::string content;
  bool single_word = false;  // only where no word character stands beside it
  bool lstrip = false;       // takes the white space before it
  bool rstrip = false;       // takes the white space after it
  bool normalized = false;   // looked for in the normalised text
  bool special = false;
};

struct AddedTokenMatch {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::int32_t id = 0;
};

// Finds the first of the longest again and again. Immutable.
class AddedTokenFinder {
 public:
  AddedTokenFinder() { first_bytes_.fill(false); }
  // Tokens without content are left out.
  explicit AddedTokenFinder(std::vector<AddedToken> tokens);

  bool empty() const { return tokens_.empty(); }
  // Matches in valid UTF-8, in order, none overlapping another; those of special tokens only if wanted.
  std::vector<AddedTokenMatch> find(std::string_view text, bool with_special) const;

 private:
  const AddedToken* longest_at(std::string_view text, std::size_t at) const;

  std::vector<AddedToken> tokens_;  // by content
  std::array<bool, 256> first_bytes_{};
};

}  // namespace attnscope
