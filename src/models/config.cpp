#include "models/config.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "models/fields.h"

namespace attnscope {
namespace {

constexpr std::int64_t most_layers = 10'000;
constexpr std::int64_t most_width = 1 << 20;
constexpr std::int64_t most_tokens = (std::int64_t{1} << 31) - 1;

constexpr std::array runnable{"llama", "mistral", "qwen2", "qwen3", "smollm3"};
constexpr std::array known{"gemma2", "gemma3", "gemma3_text", "gpt2", "bert", "roberta", "modernbert"};

bool is_one_of(const std::string& name, const auto& names) {
  return std::any_of(names.begin(), names.end(), [&](const char* other) { return name == other; });
}

std::string family_of(const Fields& fields) {
  std::string family = fields.string("model_type");
  if (!is_one_of(family, runnable) && !is_one_of(family, known)) {
    fields.fail("model_type", "\"" + family +
                                  "\" is not known; known are llama, mistral, qwen2, qwen3, smollm3, gemma2, "
                                  "gemma3, gpt2, bert, roberta and modernbert");
  }
  return family;
}

// Key names that GPT-2 spells its own way.
struct Names {
  const char *hidden, *heads, *layers, *positions;
};

Names names_of(const std::string& family) {
  if (family == "gpt2") return {"n_embd", "n_head", "n_layer", "n_positions"};
  return {"hidden_size", "num_attention_heads", "num_hidden_layers", "max_position_embeddings"};
}

// Sizes and what must hold between them, for every family.
DecoderConfig read_sizes(const Fields& fields, const std::string& family) {
  const Names names = names_of(family);
  DecoderConfig config;
  config.family = family;
  config.hidden = fields.integer(names.hidden, 1, most_width);
  config.layers = fields.integer(names.layers, 1, most_layers);
  config.heads = fields.integer(names.heads, 1, most_width);
  config.kv_heads = fields.integer("num_key_value_heads", 1, most_width, config.heads);
  config.vocabulary = fields.integer("vocab_size", 1, most_tokens);
  config.context = fields.integer(names.positions, 1, most_tokens, 2048);
  const std::int64_t mlp = fields.integer("intermediate_size", 1, most_width * 8, 4 * config.hidden);
  config.intermediate = mlp;
  if (config.kv_heads > config.heads || config.heads % config.kv_heads != 0) {
    fields.fail("num_key_value_heads", "must divide num_attention_heads (" + std::to_string(config.heads) + ")");
  }
  if (!fields.has("head_dim") && config.hidden % config.heads != 0) {
    fields.fail(names.hidden, "must be a multiple of " + std::string(names.heads) + " where head_dim is not given");
  }
  config.head_dim = fields.integer("head_dim", 1, most_width, config.hidden / config.heads);
  return config;
}

RotaryScaling read_scaling(const Fields& fields, const Json& object, std::string& refusal) {
  const Fields scaling(object, fields.where() + ": rope_scaling");
  const std::string kind = scaling.string(scaling.has("rope_type") ? "rope_type" : "type", "default");
  RotaryScaling result;
  if (kind == "default") return result;
  result.factor = scaling.positive("factor");
  if (kind == "linear") {
    result.kind = RotaryScaling::Kind::linear;
  } else if (kind == "llama3") {
    result.kind = RotaryScaling::Kind::llama3;
    result.low_frequency_factor = scaling.positive("low_freq_factor");
    result.high_frequency_factor = scaling.positive("high_freq_factor");
    result.original_context = static_cast<double>(scaling.integer("original_max_position_embeddings", 1, most_tokens));
  } else if (kind == "yarn" || kind == "dynamic" || kind == "longrope") {
    refusal = "rotary scaling of type " + kind + " is not supported";
  } else {
    scaling.fail("rope_type",
                 "\"" + kind + "\" is not known; known are default, linear, llama3, yarn, dynamic and longrope");
  }
  return result;
}

// transformers 5 keeps the base and the scaling in one object, rope_parameters; 4 apart, as rope_theta and
// rope_scaling.
void read_rotary(const Fields& fields, DecoderConfig& config, std::string& refusal) {
  config.rotary_base = fields.positive("rope_theta", 10000.0);
  if (const Json* parameters = fields.find("rope_parameters")) {
    const bool per_type = parameters->is_object() && parameters->contains("full_attention");
    if (per_type) {
      refusal = "rotary parameters by layer type are not supported";
    } else {
      config.rotary_scaling = read_scaling(fields, *parameters, refusal);
      config.rotary_base =
          Fields(*parameters, fields.where() + ": rope_parameters").positive("rope_theta", config.rotary_base);
    }
  }
  if (const Json* scaling = fields.find("rope_scaling"))
    config.rotary_scaling = read_scaling(fields, *scaling, refusal);
  if (config.head_dim % 2 != 0) fields.fail("head_dim", "must be even for rotary embedding");
}

std::vector<std::string> read_layer_types(const Fields& fields, std::int64_t layers) {
  const Json* list = fields.find("layer_types");
  if (list == nullptr) return {};
  if (!list->is_array() || std::cmp_less(list->size(), layers)) fields.fail("layer_types", "must list every layer");
  std::vector<std::string> types;
  for (std::int64_t l = 0; l < layers; ++l) {
    const Json& type = (*list)[static_cast<std::size_t>(l)];
    const bool good = type == "full_attention" || type == "sliding_attention";
    if (!good) fields.fail("layer_types", "must hold full_attention or sliding_attention, not " + type.dump());
    types.push_back(type.get<std::string>());
  }
  return types;
}

void read_layers(const Fields& fields, DecoderConfig& config) {
  const auto layers = static_cast<std::size_t>(config.layers);
  const std::vector<std::string> types = read_layer_types(fields, config.layers);
  std::optional<std::int64_t> window;
  if (fields.has("sliding_window")) window = fields.integer("sliding_window", 1, most_tokens);
  if (!fields.boolean("use_sliding_window", config.family == "mistral" || config.family.starts_with("gemma")))
    window.reset();
  config.window.assign(layers, std::nullopt);
  config.rotary.assign(layers, true);
  const std::int64_t first_windowed = config.family == "qwen2" || config.family == "qwen3"
                                          ? fields.integer("max_window_layers", 0, most_tokens, 28)
                                          : 0;
  for (std::size_t l = 0; l < layers; ++l) {
    const bool sliding = types.empty() ? std::cmp_greater_equal(l, first_windowed) : types[l] == "sliding_attention";
    if (sliding) config.window[l] = window;
  }
  if (config.family != "smollm3") return;
  const auto interval = fields.integer("no_rope_layer_interval", 1, most_layers, 4);
  const Json* without = fields.find("no_rope_layers");  // despite its name, 1 marks a layer with rotary embedding
  if (without != nullptr && (!without->is_array() || without->size() < layers)) {
    fields.fail("no_rope_layers", "must list every layer");
  }
  for (std::size_t l = 0; l < layers; ++l) {
    config.rotary[l] = without == nullptr ? static_cast<std::int64_t>(l + 1) % interval != 0 : (*without)[l] == 1;
    if (types.empty() && config.rotary[l]) config.window[l].reset();
  }
}

DecoderConfig read_decoder(const Fields& fields, const std::string& family, std::string& refusal) {
  DecoderConfig config = read_sizes(fields, family);
  config.norm_epsilon = fields.positive("rms_norm_eps", 1e-6);
  config.tied_output = fields.boolean("tie_word_embeddings", family == "smollm3");
  config.activation = fields.string(family.starts_with("gemma") ? "hidden_activation" : "hidden_act", "silu");
  const bool biases = fields.boolean("attention_bias", false);
  config.qkv_bias = family == "qwen2" || biases;
  config.output_bias = family != "qwen2" && biases;
  config.mlp_bias = fields.boolean("mlp_bias", false);
  config.qk_norm = family == "qwen3";
  read_rotary(fields, config, refusal);
  read_layers(fields, config);
  if (refusal.empty() && config.activation != "silu") refusal = "activation " + config.activation + " is not supported";
  return config;
}

}  // namespace

ConfigFacts check_config(std::string_view text, const std::string& where) {
  const Json json = parse_json(text, where);
  const Fields fields(json, where);
  ConfigFacts facts;
  facts.family = family_of(fields);
  DecoderConfig config;
  if (is_one_of(facts.family, runnable) || facts.family.starts_with("gemma2")) {
    config = read_decoder(fields, facts.family, facts.refusal);
  } else {
    config = read_sizes(fields, facts.family);
  }
  if (!is_one_of(facts.family, runnable))
    facts.refusal = "models of the family " + facts.family + " are not supported yet";
  facts.layers = config.layers;
  facts.heads = config.heads;
  facts.hidden = config.hidden;
  facts.vocabulary = config.vocabulary;
  return facts;
}

DecoderConfig decoder_from_config(std::string_view text, const std::string& where) {
  const Json json = parse_json(text, where);
  const Fields fields(json, where);
  const std::string family = family_of(fields);
  if (!is_one_of(family, runnable))
    throw InputError(where + ": models of the family " + family + " are not supported yet");
  std::string refusal;
  DecoderConfig config = read_decoder(fields, family, refusal);
  if (!refusal.empty()) throw InputError(where + ": " + refusal);
  return config;
}

}  // namespace attnscope
