// Weights and configuration of a GGUF file of the llama architecture.
#include <array>
#include <cmath>

#include "core/error.h"
#include "models/weight_file.h"

namespace attnscope {
namespace {

struct NamePair {
  std::string_view hugging_face, gguf;
};

constexpr std::array top_names{
    NamePair{"model.embed_tokens.weight", "token_embd.weight"}, NamePair{"model.norm.weight", "output_norm.weight"},
    NamePair{"lm_head.weight", "output.weight"}, NamePair{"rope_freqs.weight", "rope_freqs.weight"}};
constexpr std::array layer_names{
    NamePair{"input_layernorm", "attn_norm"}, NamePair{"post_attention_layernorm", "ffn_norm"},
    NamePair{"self_attn.q_proj", "attn_q"},   NamePair{"self_attn.k_proj", "attn_k"},
    NamePair{"self_attn.v_proj", "attn_v"},   NamePair{"self_attn.o_proj", "attn_output"},
    NamePair{"mlp.gate_proj", "ffn_gate"},    NamePair{"mlp.up_proj", "ffn_up"},
    NamePair{"mlp.down_proj", "ffn_down"}};

// "model.layers.3.mlp.up_proj.weight" -> "blk.3.ffn_up.weight"; empty where GGUF has no such name.
std::string gguf_name(std::string_view name) {
  for (const auto& pair : top_names) {
    if (name == pair.hugging_face) return std::string(pair.gguf);
  }
  constexpr std::string_view prefix = "model.layers.";
  if (!name.starts_with(prefix)) return {};
  name.remove_prefix(prefix.size());
  const auto dot = name.find('.');
  const auto last = name.rfind('.');
  const std::string_view middle = name.substr(dot + 1, last - dot - 1);
  for (const auto& pair : layer_names) {
    if (middle != pair.hugging_face) continue;
    return "blk." + std::string(name.substr(0, dot)) + "." + std::string(pair.gguf) + std::string(name.substr(last));
  }
  return {};
}

class GgufWeights final : public WeightFile {
 public:
  GgufWeights(std::shared_ptr<const GgufFile> file, std::int64_t head_dim)
      : file_(std::move(file)), head_dim_(head_dim) {}

  std::vector<std::int64_t> shape(const std::string& name) const override {
    const GgufTensor* tensor = find(name);
    if (tensor == nullptr) return {};
    return {tensor->rows(), tensor->cols()};
  }

  void read(const std::string& name, std::int64_t row, std::int64_t count, float* out) const override {
    const GgufTensor* tensor = find(name);
    if (!is_permuted(name)) {
      dequantize(*tensor, row, count, out);
      return;
    }
    const std::int64_t half = head_dim_ / 2;
    for (std::int64_t r = row; r < row + count; ++r, out += tensor->cols()) {
      const std::int64_t within = r % head_dim_;
      const std::int64_t stored = r - within + (within % half) * 2 + within / half;
      dequantize(*tensor, stored, 1, out);
    }
  }

 private:
  const GgufTensor* find(const std::string& name) const { return file_->tensor(gguf_name(name)); }
  static bool is_permuted(std::string_view name) {
    return name.ends_with("self_attn.q_proj.weight") || name.ends_with("self_attn.k_proj.weight");
  }

  std::shared_ptr<const GgufFile> file_;
  std::int64_t head_dim_;
};

std::int64_t size_of_key(const GgufFile& file, const std::string& key, std::int64_t most,
                         std::optional<std::int64_t> fallback = {}) {
  const std::int64_t value = file.integer(key, fallback);
  if (value < 1 || value > most) {
    throw BrokenFile(file.path().string() + ": " + key + " must be from 1 to " + std::to_string(most) + ", not " +
                     std::to_string(value));
  }
  return value;
}

double positive_key(const GgufFile& file, const std::string& key, std::optional<double> fallback = {}) {
  const double value = file.number(key, fallback);
  if (!std::isfinite(value) || value <= 0) throw BrokenFile(file.path().string() + ": " + key + " must be positive");
  return value;
}

void read_scaling(const GgufFile& file, DecoderConfig& config) {
  const std::string_view kind = file.string("llama.rope.scaling.type", "none");
  if (kind == "none") return;
  if (kind != "linear") {
    throw InputError(file.path().string() + ": rotary scaling of type " + std::string(kind) + " is not supported");
  }
  config.rotary_scaling.kind = RotaryScaling::Kind::linear;
  config.rotary_scaling.factor = positive_key(file, "llama.rope.scaling.factor");
}

}  // namespace

std::unique_ptr<WeightFile> gguf_weights(std::shared_ptr<const GgufFile> file, const DecoderConfig& config) {
  return std::make_unique<GgufWeights>(std::move(file), config.head_dim);
}

DecoderConfig decoder_from_gguf(const GgufFile& file) {
  const std::string_view architecture = file.string("general.architecture");
  if (architecture != "llama") {
    throw InputError(file.path().string() + ": GGUF models of the architecture " + std::string(architecture) +
                     " are not supported yet (llama is)");
  }
  DecoderConfig config;
  config.family = "llama";
  config.hidden = size_of_key(file, "llama.embedding_length", 1 << 20);
  config.intermediate = size_of_key(file, "llama.feed_forward_length", 1 << 23);
  config.layers = size_of_key(file, "llama.block_count", 10'000);
  config.heads = size_of_key(file, "llama.attention.head_count", 1 << 20);
  config.kv_heads = size_of_key(file, "llama.attention.head_count_kv", config.heads, config.heads);
  config.context = size_of_key(file, "llama.context_length", (std::int64_t{1} << 31) - 1);
  config.head_dim = size_of_key(file, "llama.attention.key_length", 1 << 20, config.hidden / config.heads);
  config.norm_epsilon = positive_key(file, "llama.attention.layer_norm_rms_epsilon");
  config.rotary_base = positive_key(file, "llama.rope.freq_base", 10000.0);
  if (config.heads % config.kv_heads != 0) {
    throw BrokenFile(file.path().string() + ": llama.attention.head_count_kv must divide llama.attention.head_count");
  }
  if (config.head_dim % 2 != 0 || file.integer("llama.rope.dimension_count", config.head_dim) != config.head_dim) {
    throw InputError(file.path().string() + ": rotary embedding of a part of a head's dimensions is not supported");
  }
  if (file.find("llama.expert_count") != nullptr) {
    throw InputError(file.path().string() + ": mixtures of experts are not supported");
  }
  read_scaling(file, config);
  config.vocabulary = static_cast<std::int64_t>(file.strings("tokenizer.ggml.tokens").size());
  config.tied_output = file.tensor("output.weight") == nullptr;
  config.rotary.assign(static_cast<std::size_t>(config.layers), true);
  config.window.assign(static_cast<std::size_t>(config.layers), std::nullopt);
  return config;
}

}  // namespace attnscope
