#include "formats/names.h"
#include "text/tokenizer_schema.h"

namespace attnscope {
namespace {

// ["[SEP]", 102]
void check_token_with_id(const JsonPlace& token) {
  if (token.array_size() != 2) token.fail("must be a token and its id");
  token.item(0).string();
  token.item(1).u32();
}

// {"SpecialToken": {"id", "type_id"}} or {"Sequence": {"id": "A" or "B", "type_id"}}
void check_template(const JsonPlace& pieces, const JsonPlace& special_tokens) {
  for (std::size_t i = 0; i < pieces.array_size(); ++i) {
    const JsonPlace piece = pieces.item(i);
    if (piece.object().size() != 1) piece.fail(R"(must hold one key, "SpecialToken" or "Sequence")");
    if (piece.object().contains("Sequence")) {
      piece.at("Sequence").at("id").one_of({"A", "B"});
      piece.at("Sequence").at("type_id").u32();
      continue;
    }
    const JsonPlace token = piece.at("SpecialToken");
    token.at("type_id").u32();
    const std::string& name = token.at("id").string();
    if (!special_tokens.value().contains(name)) token.fail("is " + in_quotes(name) + ", which special_tokens lacks");
  }
}

void check_special_tokens(const JsonPlace& tokens) {
  for (const auto& entry : tokens.object().items()) {
    const JsonPlace token(entry.value(), tokens.where());
    token.at("id").string();
    const JsonPlace ids = token.at("ids");
    for (std::size_t i = 0; i < ids.array_size(); ++i) ids.item(i).u32();
    const JsonPlace words = token.at("tokens");
    for (std::size_t i = 0; i < words.array_size(); ++i) words.item(i).string();
    if (ids.array_size() != words.array_size()) token.fail("must hold as many ids as tokens");
  }
}

}  // namespace

void check_post_processor(const JsonPlace& processor) {
  const std::string& kind = processor.at("type").one_of(
      {"RobertaProcessing", "BertProcessing", "ByteLevel", "TemplateProcessing", "Sequence"});
  if (kind == "Sequence") {
    const JsonPlace list = processor.at("processors");
    for (std::size_t i = 0; i < list.array_size(); ++i) check_post_processor(list.item(i));
  } else if (kind == "TemplateProcessing") {
    check_special_tokens(processor.at("special_tokens"));
    check_template(processor.at("single"), processor.at("special_tokens"));
    check_template(processor.at("pair"), processor.at("special_tokens"));
  } else if (kind == "ByteLevel") {
    processor.at("add_prefix_space").boolean();
    processor.at("trim_offsets").boolean();
    processor.boolean_or("use_regex", true);
  } else {
    check_token_with_id(processor.at("sep"));
    check_token_with_id(processor.at("cls"));
    if (kind == "BertProcessing") return;
    processor.at("trim_offsets").boolean();
    processor.at("add_prefix_space").boolean();
  }
}

}  // namespace attnscope
