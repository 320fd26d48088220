#include "models/decoder_pass.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "models/elementwise.h"
#include "models/linear.h"

namespace attnscope {
namespace {

// A panel of the largest products of SmolLM2-135M takes 3.4 ms on a core of 115 GFLOP/s.
constexpr std::int64_t panel_rows = 64;

void add_bias(float* rows, std::int64_t count, std::int64_t stride, const std::vector<float>& bias) {
  if (bias.empty()) return;
  for (std::int64_t r = 0; r < count; ++r) {
    for (std::size_t c = 0; c < bias.size(); ++c) rows[r * stride + static_cast<std::int64_t>(c)] += bias[c];
  }
}

}  // namespace

LayerSpec layer_spec(const DecoderConfig& config, std::int64_t layer) {
  LayerSpec spec;
  spec.heads = config.heads;
  spec.kv_heads = config.kv_heads;
  spec.head_dim = config.head_dim;
  spec.value_dim = config.head_dim;
  spec.scale = 1.0 / std::sqrt(static_cast<double>(config.head_dim));
  spec.mask.causal = true;
  spec.mask.left = config.window[static_cast<std::size_t>(layer)];
  if (config.rotary[static_cast<std::size_t>(layer)]) spec.rotary = Rotary{config.rotary_base, config.head_dim};
  return spec;
}

DecoderPass::DecoderPass(DecoderWeights& weights, Backend& backend, std::span<const std::int32_t> ids, const Job& job)
    : weights_(weights),
      config_(weights.config()),
      backend_(backend),
      job_(job),
      tokens_(std::ssize(ids)),
      residual_(static_cast<std::size_t>(tokens_ * config_.hidden)),
      attended_(static_cast<std::size_t>(tokens_ * config_.heads * config_.head_dim)),
      scratch_(job.pool.threads()) {
  const std::int64_t width =
      std::max((config_.heads + 2 * config_.kv_heads) * config_.head_dim, 2 * config_.intermediate);
  for (Scratch& scratch : scratch_) {
    scratch.normed.resize(static_cast<std::size_t>(panel_rows * config_.hidden));
    scratch.wide.resize(static_cast<std::size_t>(panel_rows * width));
  }
  for_panels([&](std::int64_t begin, std::int64_t rows, Scratch&) {
    for (std::int64_t r = begin; r < begin + rows; ++r) {
      weights_.embedding(ids[static_cast<std::size_t>(r)], residual_.data() + r * config_.hidden);
    }
  });
  make_rotations();
}

template <class Panel>
void DecoderPass::for_panels(const Panel& panel) {
  const auto panels = static_cast<std::size_t>((tokens_ + panel_rows - 1) / panel_rows);
  job_.pool.run(panels, quiet_job(), [&](std::size_t index, unsigned slot) {
    const std::int64_t begin = static_cast<std::int64_t>(index) * panel_rows;
    panel(begin, std::min(panel_rows, tokens_ - begin), scratch_[slot]);
  });
}

void DecoderPass::make_rotations() {
  const std::vector<float> frequencies = rotary_frequencies(config_, weights_.rotary_divisors());
  const std::size_t pairs = frequencies.size();
  cosines_.resize(static_cast<std::size_t>(tokens_) * pairs);
  sines_.resize(cosines_.size());
  for_panels([&](std::int64_t begin, std::int64_t rows, Scratch&) {
    for (std::int64_t p = begin; p < begin + rows; ++p) {
      for (std::size_t c = 0; c < pairs; ++c) {
        const float angle = static_cast<float>(p) * frequencies[c];
        cosines_[static_cast<std::size_t>(p) * pairs + c] = std::cos(angle);
        sines_[static_cast<std::size_t>(p) * pairs + c] = std::sin(angle);
      }
    }
  });
}

std::shared_ptr<const Layer> DecoderPass::run_layer(bool last) {
  const std::int64_t index = next_layer_++;
  const LayerWeights& weights = weights_.layer(index, job_);
  auto layer = std::make_shared<Layer>();
  layer->id = next_layer_id();
  layer->spec = layer_spec(config_, index);
  layer->q = Tensor::allocate(DType::f32, config_.heads, tokens_, config_.head_dim);
  layer->k = Tensor::allocate(DType::f32, config_.kv_heads, tokens_, config_.head_dim);
  layer->v = Tensor::allocate(DType::f32, config_.kv_heads, tokens_, config_.head_dim);
  layer->lse = Tensor::allocate(DType::f32, 1, config_.heads, tokens_);
  project(weights, *layer);
  if (job_.progress != nullptr) job_.progress->finish(1);
  attend(*layer, last ? nullptr : attended_.data(), layer->lse->mutable_f32());
  if (job_.progress != nullptr) job_.progress->finish(1);
  if (!last) feed_forward(weights);
  if (job_.progress != nullptr) job_.progress->finish(1);
  return layer;
}

void DecoderPass::project(const LayerWeights& weights, Layer& layer) {
  for_panels([&](std::int64_t begin, std::int64_t rows, Scratch& scratch) {
    project_panel(weights, layer, begin, rows, scratch);
  });
}

void DecoderPass::project_panel(const LayerWeights& weights, Layer& layer, std::int64_t begin, std::int64_t rows,
                                Scratch& scratch) {
  const std::int64_t d = config_.head_dim, pairs = d / 2;
  const std::int64_t width = (config_.heads + 2 * config_.kv_heads) * d;
  const auto epsilon = static_cast<float>(config_.norm_epsilon);
  for (std::int64_t r = 0; r < rows; ++r) {
    rms_norm(residual_.data() + (begin + r) * config_.hidden, weights.attention_norm.data(), config_.hidden, epsilon,
             scratch.normed.data() + r * config_.hidden);
  }
  float* wide = scratch.wide.data();
  multiply({scratch.normed.data(), config_.hidden, rows}, config_.hidden, weights.qkv.data(), width, wide, width,
           false);
  add_bias(wide, rows, width, weights.qkv_bias);
  require_finite(wide, rows * width, "layer " + std::to_string(next_layer_ - 1));
  const bool rotary = layer.spec.rotary.has_value();
  // Cuts one row of the product into heads: norm, rotation, and its place in [heads, tokens, head_dim].
  const auto place = [&](Tensor& target, std::int64_t heads, std::int64_t column, const std::vector<float>* norm) {
    for (std::int64_t h = 0; h < heads; ++h) {
      for (std::int64_t r = 0; r < rows; ++r) {
        float* row = wide + r * width + column + h * d;
        if (norm != nullptr && !norm->empty()) rms_norm(row, norm->data(), d, epsilon, row);
        const std::int64_t angle = (begin + r) * pairs;
        if (norm != nullptr && rotary) rotate(row, cosines_.data() + angle, sines_.data() + angle, pairs);
        std::copy_n(row, d, target.mutable_f32() + (h * tokens_ + begin + r) * d);
      }
    }
  };
  place(layer.q, config_.heads, 0, &weights.q_norm);
  place(layer.k, config_.kv_heads, config_.heads * d, &weights.k_norm);
  place(layer.v, config_.kv_heads, (config_.heads + config_.kv_heads) * d, nullptr);
}

void DecoderPass::attend(const Layer& layer, float* out, float* lse) {
  std::vector<HeadView> heads;
  std::vector<ForwardResult> results;
  for (std::int64_t h = 0; h < config_.heads; ++h) {
    heads.push_back(layer.head(h));
    results.push_back(
        {out == nullptr ? nullptr : out + h * config_.head_dim, config_.heads * config_.head_dim, lse + h * tokens_});
  }
  backend_.forward(heads, results, quiet_job());
}

void DecoderPass::feed_forward(const LayerWeights& weights) {
  for_panels([&](std::int64_t begin, std::int64_t rows, Scratch& scratch) {
    feed_forward_panel(weights, begin, rows, scratch);
  });
}

// The output projection of attention and the gated MLP, each added to the residual stream.
void DecoderPass::feed_forward_panel(const LayerWeights& weights, std::int64_t begin, std::int64_t rows,
                                     Scratch& scratch) {
  const std::int64_t hidden = config_.hidden, q_width = config_.heads * config_.head_dim,
                     wide = 2 * config_.intermediate;
  float* residual = residual_.data() + begin * hidden;
  multiply({attended_.data() + begin * q_width, q_width, rows}, q_width, weights.output.data(), hidden, residual,
           hidden, true);
  add_bias(residual, rows, hidden, weights.output_bias);
  for (std::int64_t r = 0; r < rows; ++r) {
    rms_norm(residual + r * hidden, weights.mlp_norm.data(), hidden, static_cast<float>(config_.norm_epsilon),
             scratch.normed.data() + r * hidden);
  }
  float* gate_up = scratch.wide.data();
  multiply({scratch.normed.data(), hidden, rows}, hidden, weights.gate_up.data(), wide, gate_up, wide, false);
  add_bias(gate_up, rows, wide, weights.gate_up_bias);
  for (std::int64_t r = 0; r < rows; ++r) {
    silu_multiply(gate_up + r * wide, gate_up + r * wide + config_.intermediate, config_.intermediate);
  }
  multiply({gate_up, wide, rows}, config_.intermediate, weights.down.data(), hidden, residual, hidden, true);
  add_bias(residual, rows, hidden, weights.down_bias);
}

void DecoderPass::require_finite(const float* values, std::int64_t count, const std::string& place) const {
  if (all_finite(values, count)) return;
  throw BrokenFile(weights_.where() + ": " + place +
                   " gives numbers that are not finite; weights of it or before it are broken");
}

std::vector<float> DecoderPass::logits(std::span<const std::int64_t> positions) {
  const std::int64_t hidden = config_.hidden, chosen = std::ssize(positions), vocabulary = config_.vocabulary;
  const std::vector<float> norm = weights_.final_norm();
  std::vector<float> states(static_cast<std::size_t>(chosen * hidden));
  for (std::int64_t i = 0; i < chosen; ++i) {
    rms_norm(residual_.data() + positions[static_cast<std::size_t>(i)] * hidden, norm.data(), hidden,
             static_cast<float>(config_.norm_epsilon), states.data() + i * hidden);
  }
  std::vector<float> result(static_cast<std::size_t>(chosen * vocabulary));
  constexpr std::int64_t chunk = 512;
  job_.pool.run(static_cast<std::size_t>((vocabulary + chunk - 1) / chunk), quiet_job(),
                [&](std::size_t index, unsigned slot) {
                  const std::int64_t first = static_cast<std::int64_t>(index) * chunk;
                  const std::int64_t outputs = std::min(chunk, vocabulary - first);
                  std::vector<float>& matrix = scratch_[slot].wide;
                  matrix.resize(std::max(matrix.size(), static_cast<std::size_t>(chunk * hidden)));
                  weights_.output_rows(first, outputs, matrix.data());
                  multiply_transposed({states.data(), hidden, chosen}, hidden, matrix.data(), outputs,
                                      result.data() + first, vocabulary);
                });
  require_finite(result.data(), std::ssize(result), "the output");
  return result;
}

}  // namespace attnscope
