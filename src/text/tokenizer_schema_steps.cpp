#include <limits>

#include "text/pattern.h"
#include "text/tokenizer_schema.h"

namespace attnscope {
namespace {

constexpr std::uint64_t any_size = std::numeric_limits<std::uint64_t>::max();

template <class Check>
void check_all(const JsonPlace& list, const Check& check) {
  for (std::size_t i = 0; i < list.array_size(); ++i) check(list.item(i));
}

void check_byte_level(const JsonPlace& step) {
  step.at("add_prefix_space").boolean();
  step.at("trim_offsets").boolean();
  step.boolean_or("use_regex", true);
}

void check_metaspace(const JsonPlace& step) {
  step.at("replacement").character();
  step.boolean_or("add_prefix_space", true);
  if (step.has("prepend_scheme")) step.at("prepend_scheme").one_of({"first", "never", "always"});
  step.boolean_or("split", true);
}

void check_behavior(const JsonPlace& step) {
  step.at("behavior").one_of({"Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"});
}

void check_replace(const JsonPlace& step) {
  check_pattern(step.at("pattern"));
  step.at("content").string();
}

}  // namespace

void check_pattern(const JsonPlace& pattern) {
  if (pattern.object().size() != 1) pattern.fail(R"(must hold one key, "String" or "Regex")");
  if (pattern.object().contains("String")) {
    pattern.at("String").string();
  } else {
    const Pattern compiled(pattern.at("Regex").string(), pattern.where());
  }
}

void check_normalizer(const JsonPlace& normalizer) {
  const std::string& kind =
      normalizer.at("type").one_of({"BertNormalizer", "Strip", "StripAccents", "NFC", "NFD", "NFKC", "NFKD", "Sequence",
                                    "Lowercase", "Nmt", "Precompiled", "Replace", "Prepend", "ByteLevel"});
  if (kind == "Sequence") {
    check_all(normalizer.at("normalizers"), check_normalizer);
  } else if (kind == "BertNormalizer") {
    for (const char* key : {"clean_text", "handle_chinese_chars", "lowercase"}) normalizer.at(key).boolean();
    normalizer.boolean_or("strip_accents", false);
  } else if (kind == "Strip") {
    normalizer.at("strip_left").boolean();
    normalizer.at("strip_right").boolean();
  } else if (kind == "Precompiled") {
    normalizer.at("precompiled_charsmap").string();
  } else if (kind == "Replace") {
    check_replace(normalizer);
  } else if (kind == "Prepend") {
    normalizer.at("prepend").string();
  }
}

void check_pre_tokenizer(const JsonPlace& step) {
  const std::string& kind = step.at("type").one_of({"BertPreTokenizer", "ByteLevel", "CharDelimiterSplit", "Metaspace",
                                                    "Whitespace", "Sequence", "Split", "Punctuation", "WhitespaceSplit",
                                                    "Digits", "UnicodeScripts", "FixedLength"});
  if (kind == "Sequence") {
    check_all(step.at("pretokenizers"), check_pre_tokenizer);
  } else if (kind == "ByteLevel") {
    check_byte_level(step);
  } else if (kind == "CharDelimiterSplit") {
    step.at("delimiter").character();
  } else if (kind == "Metaspace") {
    check_metaspace(step);
  } else if (kind == "Split") {
    check_pattern(step.at("pattern"));
    check_behavior(step);
    step.at("invert").boolean();
  } else if (kind == "Punctuation") {
    if (step.object().contains("behavior")) check_behavior(step);
  } else if (kind == "Digits") {
    step.at("individual_digits").boolean();
  } else if (kind == "FixedLength") {
    step.at("length").integer(any_size);
  }
}

void check_decoder(const JsonPlace& decoder) {
  const std::string& kind = decoder.at("type").one_of({"BPEDecoder", "ByteLevel", "WordPiece", "Metaspace", "CTC",
                                                       "Sequence", "Replace", "Fuse", "Strip", "ByteFallback"});
  if (kind == "Sequence") {
    check_all(decoder.at("decoders"), check_decoder);
  } else if (kind == "BPEDecoder") {
    decoder.at("suffix").string();
  } else if (kind == "ByteLevel") {
    check_byte_level(decoder);
  } else if (kind == "WordPiece") {
    decoder.at("prefix").string();
    decoder.at("cleanup").boolean();
  } else if (kind == "Metaspace") {
    check_metaspace(decoder);
  } else if (kind == "CTC") {
    decoder.at("pad_token").string();
    decoder.at("word_delimiter_token").string();
    decoder.at("cleanup").boolean();
  } else if (kind == "Replace") {
    check_replace(decoder);
  } else if (kind == "Strip") {
    decoder.at("content").character();
    decoder.at("start").integer(any_size);
    decoder.at("stop").integer(any_size);
  }
}

}  // namespace attnscope
