#include "models/decoder_weights.h"

#include <algorithm>
#include <utility>

#include "core/error.h"

namespace attnscope {
namespace {

std::string layer_name(std::int64_t layer, const char* part) {
  return "model.layers." + std::to_string(layer) + "." + part;
}

// Rows to read, in pieces that make short tasks.
struct Piece {
  std::string name;
  std::int64_t row, count;
  float* out;
};

class Reading {
 public:
  explicit Reading(const WeightFile& file) : file_(file) {}

  // The tensors of these names one below the other; none where the first is not there.
  std::vector<float> stack(const std::vector<std::string>& names) {
    std::int64_t numbers = 0;
    for (const auto& name : names) {
      const auto shape = file_.shape(name);
      if (shape.empty()) return {};
      numbers += shape[0] * shape[1];
    }
    std::vector<float> result(static_cast<std::size_t>(numbers));
    float* out = result.data();
    for (const auto& name : names) {
      const auto shape = file_.shape(name);
      const std::int64_t step = std::max<std::int64_t>(1, 65536 / std::max<std::int64_t>(1, shape[1]));
      for (std::int64_t row = 0; row < shape[0]; row += step) {
        const std::int64_t count = std::min(step, shape[0] - row);
        pieces_.push_back({name, row, count, out});
        out += count * shape[1];
      }
    }
    return result;
  }

  void run(const Job& job) const {
    job.pool.run(pieces_.size(), {job.pool, job.priority, job.stop, nullptr}, [&](std::size_t index, unsigned) {
      const Piece& piece = pieces_[index];
      file_.read(piece.name, piece.row, piece.count, piece.out);
    });
  }

 private:
  const WeightFile& file_;
  std::vector<Piece> pieces_;
};

}  // namespace

DecoderWeights::DecoderWeights(DecoderConfig config, std::unique_ptr<WeightFile> file, std::string where)
    : config_(std::move(config)),
      file_(std::move(file)),
      where_(std::move(where)),
      output_name_(config_.tied_output ? "model.embed_tokens.weight" : "lm_head.weight") {
  check();
  layers_.resize(static_cast<std::size_t>(config_.layers));
}

void DecoderWeights::expect(const std::string& name, std::int64_t rows, std::int64_t cols) {
  const auto shape = file_->shape(name);
  const auto text = [](std::int64_t r, std::int64_t c) {
    return "[" + std::to_string(r) + ", " + std::to_string(c) + "]";
  };
  if (shape.empty()) throw BrokenFile(where_ + ": tensor " + name + " is missing");
  if (shape[0] != rows || shape[1] != cols) {
    throw BrokenFile(where_ + ": tensor " + name + " is " + text(shape[0], shape[1]) + ", expected " +
                     text(rows, cols));
  }
  parameters_ += rows * cols;
}

void DecoderWeights::check() {
  const std::int64_t hidden = config_.hidden, q = config_.heads * config_.head_dim,
                     kv = config_.kv_heads * config_.head_dim;
  expect("model.embed_tokens.weight", config_.vocabulary, hidden);
  if (!config_.tied_output) expect(output_name_, config_.vocabulary, hidden);
  expect("model.norm.weight", 1, hidden);
  if (!file_->shape("rope_freqs.weight").empty()) expect("rope_freqs.weight", 1, config_.head_dim / 2);
  for (std::int64_t l = 0; l < config_.layers; ++l) {
    const auto name = [l](const char* part) { return layer_name(l, part); };
    expect(name("input_layernorm.weight"), 1, hidden);
    expect(name("self_attn.q_proj.weight"), q, hidden);
    expect(name("self_attn.k_proj.weight"), kv, hidden);
    expect(name("self_attn.v_proj.weight"), kv, hidden);
    expect(name("self_attn.o_proj.weight"), hidden, q);
    expect(name("post_attention_layernorm.weight"), 1, hidden);
    expect(name("mlp.gate_proj.weight"), config_.intermediate, hidden);
    expect(name("mlp.up_proj.weight"), config_.intermediate, hidden);
    expect(name("mlp.down_proj.weight"), hidden, config_.intermediate);
    if (config_.qkv_bias) {
      expect(name("self_attn.q_proj.bias"), 1, q);
      expect(name("self_attn.k_proj.bias"), 1, kv);
      expect(name("self_attn.v_proj.bias"), 1, kv);
    }
    if (config_.output_bias) expect(name("self_attn.o_proj.bias"), 1, hidden);
    if (config_.mlp_bias) {
      expect(name("mlp.gate_proj.bias"), 1, config_.intermediate);
      expect(name("mlp.up_proj.bias"), 1, config_.intermediate);
      expect(name("mlp.down_proj.bias"), 1, hidden);
    }
    if (config_.qk_norm) {
      expect(name("self_attn.q_norm.weight"), 1, config_.head_dim);
      expect(name("self_attn.k_norm.weight"), 1, config_.head_dim);
    }
  }
}

const LayerWeights& DecoderWeights::layer(std::int64_t index, const Job& job) {
  auto& slot = layers_[static_cast<std::size_t>(index)];
  if (slot) return *slot;
  const auto name = [index](const char* part) { return layer_name(index, part); };
  auto weights = std::make_unique<LayerWeights>();
  Reading reading(*file_);
  weights->attention_norm = reading.stack({name("input_layernorm.weight")});
  weights->qkv = reading.stack(
      {name("self_attn.q_proj.weight"), name("self_attn.k_proj.weight"), name("self_attn.v_proj.weight")});
  weights->output = reading.stack({name("self_attn.o_proj.weight")});
  weights->mlp_norm = reading.stack({name("post_attention_layernorm.weight")});
  weights->gate_up = reading.stack({name("mlp.gate_proj.weight"), name("mlp.up_proj.weight")});
  weights->down = reading.stack({name("mlp.down_proj.weight")});
  if (config_.qkv_bias) {
    weights->qkv_bias =
        reading.stack({name("self_attn.q_proj.bias"), name("self_attn.k_proj.bias"), name("self_attn.v_proj.bias")});
  }
  if (config_.output_bias) weights->output_bias = reading.stack({name("self_attn.o_proj.bias")});
  if (config_.mlp_bias) {
    weights->gate_up_bias = reading.stack({name("mlp.gate_proj.bias"), name("mlp.up_proj.bias")});
    weights->down_bias = reading.stack({name("mlp.down_proj.bias")});
  }
  if (config_.qk_norm) {
    weights->q_norm = reading.stack({name("self_attn.q_norm.weight")});
    weights->k_norm = reading.stack({name("self_attn.k_norm.weight")});
  }
  reading.run(job);
  slot = std::move(weights);
  return *slot;
}

std::vector<float> DecoderWeights::final_norm() const {
  std::vector<float> norm(static_cast<std::size_t>(config_.hidden));
  file_->read("model.norm.weight", 0, 1, norm.data());
  return norm;
}

std::vector<float> DecoderWeights::rotary_divisors() const {
  if (file_->shape("rope_freqs.weight").empty()) return {};
  std::vector<float> divisors(static_cast<std::size_t>(config_.head_dim / 2));
  file_->read("rope_freqs.weight", 0, 1, divisors.data());
  return divisors;
}

}  // namespace attnscope
