#include "text/byte_level_bpe.h"

#include <algorithm>
#include <unordered_map>

#include "core/error.h"
#include "formats/names.h"
#include "text/bpe_encoding.h"
#include "text/byte_alphabet.h"
#include "text/nfc.h"

namespace attnscope {
namespace {

using WordIds = std::unordered_map<std::string_view, std::int32_t>;

class ByteLevelBpe final : public Tokenizer {
 public:
  ByteLevelBpe(ByteLevelBpeParts parts, const std::string& where);

  std::vector<Token> encode(std::string_view text, SpecialText special) const override;
  std::vector<std::int32_t> prefix() const override { return prefix_; }
  std::vector<std::int32_t> suffix() const override { return suffix_; }
  std::int64_t vocabulary_size() const override { return static_cast<std::int64_t>(bytes_.size()); }
  std::string bytes(std::int32_t id) const override { return known(id) ? bytes_[static_cast<std::size_t>(id)] : ""; }
  bool is_special(std::int32_t id) const override { return known(id) && special_[static_cast<std::size_t>(id)]; }

 private:
  bool known(std::int32_t id) const { return id >= 0 && static_cast<std::size_t>(id) < bytes_.size(); }
  void size_tables(const ByteLevelBpeParts& parts, const std::string& where);
  void read_merges(const ByteLevelBpeParts& parts, const WordIds& ids, const std::string& where);
  void read_bytes(const ByteLevelBpeParts& parts, const WordIds& ids, const std::string& where);
  void read_added(const std::vector<AddedToken>& added);

  BpeModel model_;
  std::vector<std::string> bytes_;  // by id
  std::vector<bool> special_;
  std::vector<std::int32_t> prefix_, suffix_;
};

// The tables are indexed by id: ids far beyond the number of words would take memory out of proportion.
void ByteLevelBpe::size_tables(const ByteLevelBpeParts& parts, const std::string& where) {
  const std::size_t most = 2 * (parts.vocabulary.size() + parts.added.size()) + 65536;
  const auto take = [&](std::int32_t id, std::string_view word) {
    if (id < 0 || static_cast<std::size_t>(id) >= most) {
      throw BrokenFile(where + ": the token " + in_quotes(word) + " has the id " + std::to_string(id) +
                       "; ids from 0 to " + std::to_string(most - 1) + " are in proportion to the number of tokens");
    }
    if (static_cast<std::size_t>(id) >= bytes_.size()) bytes_.resize(static_cast<std::size_t>(id) + 1);
  };
  for (const auto& [word, id] : parts.vocabulary) take(id, word);
  for (const AddedToken& token : parts.added) take(token.id, token.content);
  special_.resize(bytes_.size());
}

void ByteLevelBpe::read_merges(const ByteLevelBpeParts& parts, const WordIds& ids, const std::string& where) {
  model_.merges = MergeTable(parts.merges.size());
  const auto id_of = [&](const std::string& word) {
    const auto found = ids.find(word);
    if (found != ids.end()) return found->second;
    throw BrokenFile(where + ": a merge names " + in_quotes(word) + ", which is not in the vocabulary");
  };
  std::uint32_t rank = 0;
  for (const auto& [left, right] : parts.merges) {
    const std::string whole = std::string(left) + std::string(right);
    model_.merges.add(id_of(std::string(left)), id_of(std::string(right)), {rank++, id_of(whole)});
  }
}

void ByteLevelBpe::read_bytes(const ByteLevelBpeParts& parts, const WordIds& ids, const std::string& where) {
  for (const auto& [word, id] : parts.vocabulary) {
    bytes_[static_cast<std::size_t>(id)] = bytes_of_word(word).value_or(std::string(word));
  }
  for (std::size_t byte = 0; byte < 256; ++byte) {
    const auto found = ids.find(word_of_bytes(std::string(1, static_cast<char>(byte))));
    model_.bytes.ids[byte] = found != ids.end() ? found->second : -1;
  }
  model_.bytes.fuse_unknown = parts.fuse_unknown;
  if (!parts.unknown) return;
  const auto unknown = ids.find(*parts.unknown);
  if (unknown == ids.end()) {
    throw BrokenFile(where + ": the unknown token " + in_quotes(*parts.unknown) + " is not in the vocabulary");
  }
  model_.bytes.unknown = unknown->second;
}

void ByteLevelBpe::read_added(const std::vector<AddedToken>& added) {
  std::vector<AddedToken> raw;
  std::vector<AddedToken> normalized;
  for (const AddedToken& token : added) {
    bytes_[static_cast<std::size_t>(token.id)] = token.content;
    if (token.special) special_[static_cast<std::size_t>(token.id)] = true;
    AddedToken& kept = (token.normalized ? normalized : raw).emplace_back(token);
    if (!token.normalized || !model_.nfc) continue;
    if (auto normal = to_nfc(token.content)) kept.content = std::move(normal->text);
  }
  model_.added_raw = AddedTokenFinder(std::move(raw));
  model_.added_normalized = AddedTokenFinder(std::move(normalized));
}

ByteLevelBpe::ByteLevelBpe(ByteLevelBpeParts parts, const std::string& where)
    : prefix_(std::move(parts.prefix)), suffix_(std::move(parts.suffix)) {
  size_tables(parts, where);
  WordIds ids;
  ids.reserve(parts.vocabulary.size());
  for (const auto& [word, id] : parts.vocabulary) ids[word] = id;
  read_merges(parts, ids, where);
  read_bytes(parts, ids, where);
  model_.nfc = parts.nfc;
  if (parts.ignore_merges) {
    for (const auto& [word, id] : parts.vocabulary) {
      if (auto bytes = bytes_of_word(word)) model_.whole_words[std::move(*bytes)] = id;
    }
  }
  read_added(parts.added);
  model_.pre_tokenizer = std::move(parts.pre_tokenizer);
}

std::vector<Token> ByteLevelBpe::encode(std::string_view text, SpecialText special) const {
  const std::vector<ByteRange> invalid = invalid_utf8(text);
  BpeEncoding encoding(model_, special == SpecialText::special);
  if (invalid.empty()) return encoding.run(text, OffsetMap());
  const ReplacedText valid = replace_invalid_utf8(text, invalid);
  return encoding.run(valid.text, valid.offsets);
}

}  // namespace

std::unique_ptr<Tokenizer> make_byte_level_bpe(ByteLevelBpeParts parts, const std::string& where) {
  return std::make_unique<ByteLevelBpe>(std::move(parts), where);
}

}  // namespace attnscope
