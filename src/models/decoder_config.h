// What a llama-like decoder is, whatever file says so: sizes, rotary embedding, and per layer what differs.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace attnscope {

// How a model stretches its rotary frequencies beyond the length that it was first trained on.
struct RotaryScaling {
  enum class Kind : std::uint8_t { none, linear, llama3 } kind = Kind::none;
  double factor = 1;
  double low_frequency_factor = 1, high_frequency_factor = 4, original_context = 8192;  // llama3 only
};

struct DecoderConfig {
  std::string family;
  std::int64_t hidden = 0, intermediate = 0, layers = 0, heads = 0, kv_heads = 0, head_dim = 0;
  std::int64_t vocabulary = 0, context = 0;
  double norm_epsilon = 1e-6;
  double rotary_base = 10000;
  RotaryScaling rotary_scaling;
  std::string activation = "silu";
  bool tied_output = false;
  bool qkv_bias = false, output_bias = false, mlp_bias = false;
  bool qk_norm = false;      // RMS norm of each head's q and k before the rotary embedding (Qwen 3)
  std::vector<bool> rotary;  // [layers]
  std::vector<std::optional<std::int64_t>> window;  // [layers]; keys j with j - p > -window are seen
};

// Frequencies [head_dim / 2] in float32, computed as the reference implementation does: angle = position * frequency.
// `divisors` are further factors by pair (GGUF's rope_freqs), empty or [head_dim / 2].
std::vector<float> rotary_frequencies(const DecoderConfig& config, const std::vector<float>& divisors = {});

}  // namespace attnscope
