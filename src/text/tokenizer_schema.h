// Whether a parsed tokenizer.json holds to the format: every part that the tokenizers library knows, with its keys,
// types and cross-references. Nothing is built. Source: the library's serde definitions, version 0.23.
#pragma once
#include "text/json_place.h"

namespace attnscope {

// Each throws BrokenFile naming the key that is wrong. Keys that the format does not know are ignored.
void check_tokenizer(const JsonPlace& file);
void check_model(const JsonPlace& model);
void check_normalizer(const JsonPlace& normalizer);
void check_pre_tokenizer(const JsonPlace& step);
void check_post_processor(const JsonPlace& processor);
void check_decoder(const JsonPlace& decoder);
// {"String": ...} or {"Regex": ...}; a regular expression is compiled.
void check_pattern(const JsonPlace& pattern);

// The kind of a model: its type, or where old files have none, what its keys say: "BPE", "WordPiece", "WordLevel",
// "Unigram".
std::string model_kind(const JsonPlace& model);

}  // namespace attnscope
