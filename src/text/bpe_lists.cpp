#include "text/bpe_lists.h"

#include <limits>
#include <utility>

#include "core/error.h"
#include "formats/names.h"
#include "text/byte_level_bpe.h"

namespace attnscope {
namespace {

constexpr std::int64_t control_type = 3;
constexpr std::int64_t user_defined_type = 4;

// The patterns of Llama 3 and Qwen 2, from their tokenizer.json; they differ in how many digits go together.
constexpr std::string_view llama3_pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view qwen2_pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

// What each name stands for, as the models' own tokenizer.json files have it.
void choose_pre_tokenizer(std::string_view name, ByteLevelBpeParts& parts, const std::string& where) {
  if (name == "gpt-2") {
    parts.pre_tokenizer.last.emplace(gpt2_pattern(), where);
  } else if (name == "smollm" || name == "starcoder" || name == "refact" || name == "command-r") {
    parts.pre_tokenizer.steps.emplace_back(DigitsStep{true});
    parts.pre_tokenizer.last.emplace(gpt2_pattern(), where);
    parts.nfc = name == "command-r";
  } else if (name == "llama-bpe" || name == "llama3" || name == "llama-v3") {
    parts.pre_tokenizer.last.emplace(llama3_pattern, where);
    parts.ignore_merges = true;
  } else if (name == "qwen2") {
    parts.pre_tokenizer.last.emplace(qwen2_pattern, where);
    parts.nfc = true;
  } else {
    throw InputError(
        where + ": the pre-tokenizer " + in_quotes(name) +
        " is not supported yet; known are gpt-2, smollm, starcoder, refact, command-r, llama-bpe and qwen2");
  }
}

}  // namespace

std::unique_ptr<Tokenizer> tokenizer_from_bpe_lists(const BpeLists& lists, const std::string& where) {
  if (!lists.token_types.empty() && lists.token_types.size() != lists.tokens.size()) {
    throw BrokenFile(where + ": " + std::to_string(lists.token_types.size()) + " token types for " +
                     std::to_string(lists.tokens.size()) + " tokens");
  }
  if (lists.tokens.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
    throw BrokenFile(where + ": " + std::to_string(lists.tokens.size()) + " tokens; ids have 31 bits");
  }
  ByteLevelBpeParts parts;
  choose_pre_tokenizer(lists.pre_tokenizer, parts, where);
  parts.vocabulary.reserve(lists.tokens.size());
  for (std::size_t i = 0; i < lists.tokens.size(); ++i) {
    const auto id = static_cast<std::int32_t>(i);
    parts.vocabulary.emplace_back(lists.tokens[i], id);
    const std::int64_t type = lists.token_types.empty() ? 1 : lists.token_types[i];
    if (type != control_type && type != user_defined_type) continue;
    AddedToken token;
    token.id = id;
    token.content = std::string(lists.tokens[i]);
    token.special = type == control_type;
    parts.added.push_back(std::move(token));
  }
  parts.merges.reserve(lists.merges.size());
  for (const std::string_view merge : lists.merges) {
    const std::size_t space = merge.find(' ');
    if (space == std::string_view::npos || merge.find(' ', space + 1) != std::string_view::npos) {
      throw BrokenFile(where + ": the merge " + in_quotes(merge) + " is not two words with a space between");
    }
    parts.merges.emplace_back(merge.substr(0, space), merge.substr(space + 1));
  }
  if (lists.begin) parts.prefix.push_back(*lists.begin);
  if (lists.end) parts.suffix.push_back(*lists.end);
  return make_byte_level_bpe(std::move(parts), where);
}

}  // namespace attnscope
