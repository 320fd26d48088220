#include <algorithm>
#include <limits>
#include <utility>

#include "formats/names.h"
#include "text/tokenizer_schema.h"

namespace attnscope {
namespace {

constexpr std::uint64_t any_size = std::numeric_limits<std::uint64_t>::max();

void check_optional_string(const JsonPlace& place, std::string_view key) {
  if (place.has(key)) place.at(key).string();
}

// Words to ids.
void check_vocabulary(const JsonPlace& vocabulary) {
  for (const auto& [word, id] : vocabulary.object().items()) {
    if (!id.is_number_unsigned() || id.get<std::uint64_t>() > 0xFFFFFFFFU) {
      vocabulary.fail("gives " + in_quotes(word) + " an id that is not an integer from 0 to 4294967295");
    }
  }
}

// The two words of a merge: "left right", or an array of two.
std::pair<std::string, std::string> merge_parts(const JsonPlace& merges, std::size_t index, bool as_pairs) {
  const Json& merge = merges.value()[index];
  if (as_pairs) {
    if (!merge.is_array() || merge.size() != 2 || !merge[0].is_string() || !merge[1].is_string()) {
      merges.item(index).fail("must be an array of two strings, as the first merge is");
    }
    return {merge[0].get<std::string>(), merge[1].get<std::string>()};
  }
  const std::string& text = merges.item(index).string();
  const std::size_t space = text.find(' ');
  if (space == std::string::npos || text.find(' ', space + 1) != std::string::npos) {
    merges.item(index).fail("must be two words with one space between them, not " + in_quotes(text));
  }
  return {text.substr(0, space), text.substr(space + 1)};
}

void check_merges(const JsonPlace& merges, const Json& vocabulary, std::size_t prefix) {
  const std::size_t count = merges.array_size();
  const bool as_pairs = count > 0 && merges.value()[0].is_array();
  for (std::size_t i = 0; i < count; ++i) {
    const auto [left, right] = merge_parts(merges, i, as_pairs);
    for (const std::string& word : {left, right, left + right.substr(std::min(prefix, right.size()))}) {
      if (!vocabulary.contains(word)) {
        merges.item(i).fail("needs the word " + in_quotes(word) + ", which is not in the vocabulary");
      }
    }
  }
}

void check_bpe(const JsonPlace& model) {
  check_vocabulary(model.at("vocab"));
  if (model.has("dropout")) {
    const double dropout = model.at("dropout").number();
    if (!(dropout >= 0 && dropout <= 1)) model.at("dropout").fail("must be from 0 to 1");
  }
  for (const char* key : {"unk_token", "continuing_subword_prefix", "end_of_word_suffix"}) {
    check_optional_string(model, key);
  }
  for (const char* key : {"fuse_unk", "byte_fallback", "ignore_merges"}) model.boolean_or(key, false);
  const std::size_t prefix =
      model.has("continuing_subword_prefix") ? model.at("continuing_subword_prefix").string().size() : 0;
  check_merges(model.at("merges"), model.at("vocab").value(), prefix);
}

void check_unk_in_vocabulary(const JsonPlace& model) {
  const JsonPlace unknown = model.at("unk_token");
  if (!model.at("vocab").value().contains(unknown.string())) {
    unknown.fail("is " + in_quotes(unknown.string()) + ", which is not in the vocabulary");
  }
}

void check_word_piece(const JsonPlace& model) {
  check_vocabulary(model.at("vocab"));
  check_unk_in_vocabulary(model);
  model.at("continuing_subword_prefix").string();
  model.at("max_input_chars_per_word").integer(any_size);
}

void check_unigram(const JsonPlace& model) {
  const JsonPlace vocabulary = model.at("vocab");
  for (std::size_t i = 0; i < vocabulary.array_size(); ++i) {
    const Json& entry = vocabulary.value()[i];
    if (!entry.is_array() || entry.size() != 2 || !entry[0].is_string() || !entry[1].is_number()) {
      vocabulary.item(i).fail("must be a word and its score");
    }
  }
  model.boolean_or("byte_fallback", false);
  if (!model.has("unk_id")) return;
  const JsonPlace unknown = model.at("unk_id");
  if (unknown.integer(any_size) >= vocabulary.array_size()) {
    unknown.fail("must be less than the " + std::to_string(vocabulary.array_size()) + " words of the vocabulary");
  }
}

}  // namespace

std::string model_kind(const JsonPlace& model) {
  if (model.object().contains("type")) return model.at("type").one_of({"BPE", "WordPiece", "WordLevel", "Unigram"});
  if (model.has("merges")) return "BPE";
  if (model.at("vocab").value().is_array()) return "Unigram";
  return model.has("continuing_subword_prefix") ? "WordPiece" : "WordLevel";
}

void check_model(const JsonPlace& model) {
  const std::string kind = model_kind(model);
  if (kind == "BPE") return check_bpe(model);
  if (kind == "WordPiece") return check_word_piece(model);
  if (kind == "Unigram") return check_unigram(model);
  check_vocabulary(model.at("vocab"));
  model.at("unk_token").string();
}

}  // namespace attnscope
