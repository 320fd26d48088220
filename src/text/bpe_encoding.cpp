#include "text/bpe_encoding.h"

#include <optional>
#include <utility>

#include "text/nfc.h"

namespace attnscope {

BpeEncoding::BpeEncoding(const BpeModel& model, bool with_special)
    : model_(model),
      with_special_(with_special),
      merger_(model.merges, model.bytes),
      splitter_(model.pre_tokenizer, [this](const Word& found) { word(found); }) {}

std::vector<Token> BpeEncoding::run(std::string_view text, const OffsetMap& source) {
  source_ = &source;
  tokens_.reserve(text.size() / 4 + 1);
  part_ = text.data();
  between(model_.added_raw, text, [&](std::string_view rest) {
    base_ = static_cast<std::size_t>(rest.data() - text.data());
    normalize(rest);
    part_ = text.data();
    normal_ = nullptr;
    base_ = 0;
  });
  return std::move(tokens_);
}

// Puts out the tokens that `finder` finds, and hands on what lies between them.
template <class Rest>
void BpeEncoding::between(const AddedTokenFinder& finder, std::string_view text, const Rest& rest) {
  std::size_t done = 0;
  if (!finder.empty()) {
    for (const AddedTokenMatch& match : finder.find(text, with_special_)) {
      if (done < match.begin) rest(text.substr(done, match.begin - done));
      put(match.id, text.data() + match.begin, text.data() + match.end);
      done = match.end;
    }
  }
  if (done < text.size()) rest(text.substr(done));
}

void BpeEncoding::normalize(std::string_view part) {
  std::optional<ReplacedText> changed = model_.nfc ? to_nfc(part) : std::nullopt;
  if (changed) {
    const ReplacedText& kept = normalized_.emplace_back(std::move(*changed));
    part = kept.text;
    normal_ = &kept.offsets;
  }
  part_ = part.data();
  between(model_.added_normalized, part, [&](std::string_view rest) { splitter_.split(rest); });
}

void BpeEncoding::word(const Word& word) {
  const auto put_all = [&](std::span<const WordToken> tokens) {
    const std::uint32_t space = word.prefixed ? 1 : 0;
    for (const WordToken& token : tokens) {
      put(token.id, word.place + (token.begin < space ? 0 : token.begin - space), word.place + (token.end - space));
    }
  };
  if (word.prefixed || word.bytes.size() > WordCache::longest) return put_all(tokens_of(word.bytes));
  const std::uint64_t hash = WordCache::hash(word.bytes);
  if (const auto known = cache_.find(word.bytes, hash)) return put_all(*known);
  const std::span<const WordToken> tokens = tokens_of(word.bytes);
  cache_.put(word.bytes, hash, tokens);
  put_all(tokens);
}

std::span<const WordToken> BpeEncoding::tokens_of(std::string_view word) {
  if (!model_.whole_words.empty()) {
    const auto whole = model_.whole_words.find(std::string(word));
    if (whole != model_.whole_words.end()) {
      whole_ = {whole->second, 0, static_cast<std::uint32_t>(word.size())};
      return {&whole_, 1};
    }
  }
  return merger_.merge(word);
}

// A token of bytes [begin, end) of the part.
void BpeEncoding::put(std::int32_t id, const char* begin, const char* end) {
  auto first = static_cast<std::size_t>(begin - part_);
  auto last = static_cast<std::size_t>(end - part_);
  const bool empty = first == last;
  if (normal_ != nullptr) {
    first = normal_->begin(first);
    last = empty ? first : normal_->end(last);
  }
  first += base_;
  last += base_;
  if (!source_->identity()) {
    first = source_->begin(first);
    last = empty ? first : source_->end(last);
  }
  tokens_.push_back({id, static_cast<std::int64_t>(first), static_cast<std::int64_t>(last)});
}

}  // namespace attnscope
