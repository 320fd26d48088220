#include "models/decoder_weights.h"

#include <algorithm>
#include <utility>

#include "core/error.h"

namespace attnscope {
namespace {

std::string layer_name(std::int64_t layer, const char* part) {
  return "model.layers." + std::to_string(layer) + "." + part;
}

// Rows of a tensor to read in one short task. Row r of it goes to out[r], out[r + stride], ...: it becomes a column.
struct Piece {
  std::string name;
  std::int64_t row, count, cols;
  float* out;
  std::int64_t stride;
};

void read_piece(const WeightFile& file, const Piece& piece, std::vector<float>& rows) {
  rows.resize(static_cast<std::size_t>(piece.count * piece.cols));
  file.read(piece.name, piece.row, piece.count, rows.data());
  for (std::int64_t c = 0; c < piece.cols; ++c) {
    for (std::int64_t r = 0; r < piece.count; ++r)
      piece.out[c * piece.stride + r] = rows[static_cast<std::size_t>(r * piece.cols + c)];
  }
}

class Reading {
 public:
  explicit Reading(const WeightFile& file) : file_(file) {}

  // Vectors one after the other.
  std::vector<float> vectors(const std::vector<std::string>& names) {
    std::vector<float> result;
    for (const auto& name : names) {
      const auto length = static_cast<std::size_t>(file_.shape(name)[1]);
      result.resize(result.size() + length);
      file_.read(name, 0, 1, result.data() + result.size() - length);
    }
    return result;
  }

  // Matrices [outputs, inputs] of the same inputs, each transposed, side by side: [inputs, all outputs]. Filled by
  // run().
  std::vector<float> matrices(const std::vector<std::string>& names) {
    std::int64_t outputs = 0;
    for (const auto& name : names) outputs += file_.shape(name)[0];
    const std::int64_t inputs = file_.shape(names.front())[1];
    std::vector<float> result(static_cast<std::size_t>(inputs * outputs));
    float* out = result.data();
    for (const auto& name : names) {
      const std::int64_t rows = file_.shape(name)[0];
      for (std::int64_t row = 0; row < rows; row += piece_rows) {
        pieces_.push_back({name, row, std::min(piece_rows, rows - row), inputs, out + row, outputs});
      }
      out += rows;
    }
    return result;
  }

  void run(const Job& job) const {
    std::vector<std::vector<float>> rows(job.pool.threads());
    job.pool.run(pieces_.size(), {job.pool, job.priority, job.stop, nullptr},
                 [&](std::size_t index, unsigned slot) { read_piece(file_, pieces_[index], rows[slot]); });
  }

 private:
  static constexpr std::int64_t piece_rows = 64;
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
  weights->attention_norm = reading.vectors({name("input_layernorm.weight")});
  weights->qkv = reading.matrices(
      {name("self_attn.q_proj.weight"), name("self_attn.k_proj.weight"), name("self_attn.v_proj.weight")});
  weights->output = reading.matrices({name("self_attn.o_proj.weight")});
  weights->mlp_norm = reading.vectors({name("post_attention_layernorm.weight")});
  weights->gate_up = reading.matrices({name("mlp.gate_proj.weight"), name("mlp.up_proj.weight")});
  weights->down = reading.matrices({name("mlp.down_proj.weight")});
  if (config_.qkv_bias) {
    weights->qkv_bias =
        reading.vectors({name("self_attn.q_proj.bias"), name("self_attn.k_proj.bias"), name("self_attn.v_proj.bias")});
  }
  if (config_.output_bias) weights->output_bias = reading.vectors({name("self_attn.o_proj.bias")});
  if (config_.mlp_bias) {
    weights->gate_up_bias = reading.vectors({name("mlp.gate_proj.bias"), name("mlp.up_proj.bias")});
    weights->down_bias = reading.vectors({name("mlp.down_proj.bias")});
  }
  if (config_.qk_norm) {
    weights->q_norm = reading.vectors({name("self_attn.q_norm.weight")});
    weights->k_norm = reading.vectors({name("self_attn.k_norm.weight")});
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
