#include "text/tokenizer_json.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "text/byte_level_bpe.h"
#include "text/json_place.h"
#include "text/tokenizer_parts.h"
#include "text/tokenizer_schema.h"

namespace attnscope {
namespace {

// The words point into the parsed file; the halves of merges written as one string do as well.
void take_words(const JsonPlace& model, ByteLevelBpeParts& parts) {
  for (const auto& [word, id] : model.at("vocab").value().get_ref<const Json::object_t&>()) {
    parts.vocabulary.emplace_back(word, id_of(id, model));
  }
  for (const Json& merge : model.at("merges").value()) {
    if (merge.is_array()) {
      parts.merges.emplace_back(merge[0].get_ref<const std::string&>(), merge[1].get_ref<const std::string&>());
    } else {
      const std::string_view text = merge.get_ref<const std::string&>();
      const std::size_t space = text.find(' ');
      parts.merges.emplace_back(text.substr(0, space), text.substr(space + 1));
    }
  }
}

void take_model(const JsonPlace& model, ByteLevelBpeParts& parts) {
  const std::string kind = model_kind(model);
  if (kind != "BPE") not_supported(model, kind + " tokenizers");
  if (model.boolean_or("byte_fallback", false)) not_supported(model, "BPE tokenizers with byte_fallback");
  for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    if (model.has(key) && !model.at(key).string().empty()) {
      not_supported(model, "BPE tokenizers with " + std::string(key));
    }
  }
  if (model.has("dropout") && model.at("dropout").number() > 0) not_supported(model, "BPE tokenizers with dropout");
  if (model.has("unk_token")) parts.unknown = model.at("unk_token").string();
  parts.fuse_unknown = model.boolean_or("fuse_unk", false);
  parts.ignore_merges = model.boolean_or("ignore_merges", false);
  take_words(model, parts);
}

void take_added_tokens(const JsonPlace& tokens, ByteLevelBpeParts& parts) {
  for (std::size_t i = 0; i < tokens.array_size(); ++i) {
    const JsonPlace token = tokens.item(i);
    AddedToken& added = parts.added.emplace_back();
    added.id = id_of(token.at("id").value(), token);
    added.content = token.at("content").string();
    added.single_word = token.at("single_word").boolean();
    added.lstrip = token.at("lstrip").boolean();
    added.rstrip = token.at("rstrip").boolean();
    added.normalized = token.at("normalized").boolean();
    added.special = token.at("special").boolean();
  }
}

}  // namespace

void check_tokenizer_json(std::string_view text, const std::string& where) {
  const Json file = parse_json(text, where);
  check_tokenizer(JsonPlace(file, where));
}

std::unique_ptr<Tokenizer> tokenizer_from_json(std::string_view text, const std::string& where) {
  const Json json = parse_json(text, where);
  const JsonPlace file(json, where);
  check_tokenizer(file);
  ByteLevelBpeParts parts;
  take_model(file.at("model"), parts);
  if (file.has("added_tokens")) take_added_tokens(file.at("added_tokens"), parts);
  if (file.has("normalizer")) take_normalizer(file.at("normalizer"), parts);
  if (!file.has("pre_tokenizer")) not_supported(file, "BPE tokenizers without a ByteLevel pre-tokenizer");
  take_pre_tokenizer(file.at("pre_tokenizer"), parts);
  if (file.has("post_processor")) take_post_processor(file.at("post_processor"), parts);
  return make_byte_level_bpe(std::move(parts), where);
}

}  // namespace attnscope
