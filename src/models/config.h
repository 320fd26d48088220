// config.json of a Hugging Face model folder: what it says, checked, and whether this program can run such a model.
#pragma once
#include <string>
#include <string_view>

#include "formats/json.h"
#include "models/decoder_config.h"

namespace attnscope {

// What a valid config.json describes.
struct ConfigFacts {
  std::string family;  // "model_type"
  std::int64_t layers = 0, heads = 0, hidden = 0, vocabulary = 0;
  std::string refusal;  // why this program cannot run it; empty where it can
};

// Checks the text of a config.json as far as its family is known (llama, mistral, qwen2, qwen3, smollm3, gemma2,
// gemma3, gpt2, bert, roberta, modernbert). Throws BrokenFile naming the key; an unknown family is broken too, since
// nothing can be checked.
ConfigFacts check_config(std::string_view text, const std::string& where);

// The decoder that a config.json describes. Throws BrokenFile as above, and InputError for a family or an option that
// this program cannot run, by name.
DecoderConfig decoder_from_config(std::string_view text, const std::string& where);

}  // namespace attnscope
