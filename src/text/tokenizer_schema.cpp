#include "text/tokenizer_schema.h"

#include <limits>

namespace attnscope {
namespace {

constexpr std::uint64_t any_size = std::numeric_limits<std::uint64_t>::max();

void check_added_tokens(const JsonPlace& tokens) {
  for (std::size_t i = 0; i < tokens.array_size(); ++i) {
    const JsonPlace token = tokens.item(i);
    token.at("id").u32();
    token.at("content").string();
    for (const char* flag : {"single_word", "lstrip", "rstrip", "normalized", "special"}) token.at(flag).boolean();
  }
}

void check_truncation(const JsonPlace& truncation) {
  if (truncation.has("direction")) truncation.at("direction").one_of({"Left", "Right"});
  const std::uint64_t length = truncation.at("max_length").integer(any_size);
  truncation.at("strategy").one_of({"LongestFirst", "OnlyFirst", "OnlySecond"});
  const JsonPlace stride = truncation.at("stride");
  if (stride.integer(any_size) >= length && length > 0) stride.fail("must be less than max_length");
}

void check_padding(const JsonPlace& padding) {
  const JsonPlace strategy = padding.at("strategy");
  if (strategy.value().is_object()) {
    strategy.at("Fixed").integer(any_size);
  } else {
    strategy.one_of({"BatchLongest"});
  }
  padding.at("direction").one_of({"Left", "Right"});
  if (padding.has("pad_to_multiple_of")) padding.at("pad_to_multiple_of").integer(any_size);
  padding.at("pad_id").u32();
  padding.at("pad_type_id").u32();
  padding.at("pad_token").string();
}

}  // namespace

void check_tokenizer(const JsonPlace& file) {
  if (file.object().contains("version")) file.at("version").one_of({"1.0"});
  if (file.has("truncation")) check_truncation(file.at("truncation"));
  if (file.has("padding")) check_padding(file.at("padding"));
  if (file.object().contains("added_tokens")) check_added_tokens(file.at("added_tokens"));
  if (file.has("normalizer")) check_normalizer(file.at("normalizer"));
  if (file.has("pre_tokenizer")) check_pre_tokenizer(file.at("pre_tokenizer"));
  if (file.has("post_processor")) check_post_processor(file.at("post_processor"));
  if (file.has("decoder")) check_decoder(file.at("decoder"));
  check_model(file.at("model"));
}

}  // namespace attnscope
