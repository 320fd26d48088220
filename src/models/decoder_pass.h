// One forward pass of a llama-like decoder over a text, layer by layer, in panels of rows that make short tasks.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "attention/ops.h"
#include "capture/layer.h"
#include "models/decoder_weights.h"

namespace attnscope {

// What the attention of one layer looks like from outside.
LayerSpec layer_spec(const DecoderConfig& config, std::int64_t layer);

class DecoderPass {
 public:
  // Reads the embeddings of `ids`. Positions count from 0. All three outlive this.
  DecoderPass(DecoderWeights& weights, Backend& backend, std::span<const std::int32_t> ids, const Job& job);

  // Runs the next layer and returns its q, k, v and lse. With `last`, nothing comes after it that anyone wants: the
  // residual stream is left as it was.
  std::shared_ptr<const Layer> run_layer(bool last);

  // Logits [positions, vocabulary] after the last layer, with the final norm.
  std::vector<float> logits(std::span<const std::int64_t> positions);

  // The residual stream [tokens, hidden] after the layers run so far.
  std::span<const float> residual() const { return residual_; }

 private:
  struct Scratch {
    std::vector<float> normed, wide;
  };
  void make_rotations();
  void project(const LayerWeights& weights, Layer& layer);
  void project_panel(const LayerWeights& weights, Layer& layer, std::int64_t begin, std::int64_t rows,
                     Scratch& scratch);
  void attend(const Layer& layer, float* out, float* lse);
  void feed_forward(const LayerWeights& weights);
  void feed_forward_panel(const LayerWeights& weights, std::int64_t begin, std::int64_t rows, Scratch& scratch);
  // Calls panel(begin, rows, scratch) for all tokens, on the pool.
  template <class Panel>
  void for_panels(const Panel& panel);
  // Throws BrokenFile that names `place` unless all numbers are finite: broken weights must not pass for attention.
  void require_finite(const float* values, std::int64_t count, const std::string& place) const;
  Job quiet_job() const { return {job_.pool, job_.priority, job_.stop, nullptr}; }

  DecoderWeights& weights_;
  const DecoderConfig& config_;
  Backend& backend_;
  const Job& job_;
  std::int64_t tokens_;
  std::int64_t next_layer_ = 0;
  std::vector<float> residual_;         // [tokens, hidden]
  std::vector<float> attended_;         // [tokens, heads * head_dim]
  std::vector<float> cosines_, sines_;  // [tokens, head_dim / 2]
  std::vector<Scratch> scratch_;        // by slot of the pool
};

}  // namespace attnscope
