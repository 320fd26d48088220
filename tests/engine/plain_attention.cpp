#include "plain_attention.h"

#include <cmath>
#include <limits>

#include "capture_samples.h"

namespace attnscope::test {

PlainAttention::PlainAttention(const Layer& layer, std::int64_t head) : view_(layer.head(head)), n_(layer.tokens()) {
  for (std::int64_t query = 0; query < n_; ++query) {
    double largest = -std::numeric_limits<double>::infinity();
    if (view_.score.sink_logit) largest = *view_.score.sink_logit;
    for (std::int64_t key = 0; key < n_; ++key) {
      if (view_.mask.visible(query, key)) largest = std::max(largest, score(query, key));
    }
    double sum = view_.score.sink_logit ? std::exp(*view_.score.sink_logit - largest) : 0;
    for (std::int64_t key = 0; key < n_; ++key) {
      if (view_.mask.visible(query, key)) sum += std::exp(score(query, key) - largest);
    }
    lse_.push_back(largest + std::log(sum));
  }
}

double PlainAttention::score(std::int64_t query, std::int64_t key) const {
  double dot = 0;
  for (std::int64_t c = 0; c < view_.q.cols; ++c) dot += view_.q.at(query, c) * view_.k.at(key, c);
  double score = view_.score.scale * dot;
  if (view_.score.cap) score = *view_.score.cap * std::tanh(score / *view_.score.cap);
  return score + view_.score.slope * static_cast<double>(key - query);
}

std::optional<double> PlainAttention::p(std::int64_t query, std::int64_t key) const {
  if (!view_.mask.visible(query, key)) return std::nullopt;
  return std::exp(score(query, key) - lse(query));
}

std::vector<double> PlainAttention::output(std::int64_t query) const {
  std::vector<double> sum(static_cast<std::size_t>(view_.v.cols));
  for (std::int64_t key = 0; key < n_; ++key) {
    for (std::size_t c = 0; c < sum.size(); ++c) {
      sum[c] += p(query, key).value_or(0) * view_.v.at(key, static_cast<std::int64_t>(c));
    }
  }
  return sum;
}

std::vector<SampleLayer> sample_layers(std::int64_t n) {
  const CaptureInfo info = sample_info();
  LayerSpec causal = info.layers[0];
  causal.scale = 0.05;  // so that rows are neither even nor all one key
  causal.gives_lse = false;
  LayerSpec windowed = info.layers[1];
  windowed.scale = 0.05;
  windowed.gives_lse = false;
  LayerSpec both_sided = info.layers[2];
  both_sided.mask.n_valid = n - n / 4;
  LayerSpec brief = causal;
  brief.dtype = DType::bf16;

  const auto first = sample_layer(causal, n, 1);
  auto with_lse = std::make_shared<Layer>(*first);
  with_lse->id = next_layer_id();
  with_lse->spec.gives_lse = true;
  with_lse->lse = Tensor::allocate(DType::f32, 1, causal.heads, n);
  for (std::int64_t head = 0; head < causal.heads; ++head) {
    const PlainAttention plain(*first, head);
    for (std::int64_t i = 0; i < n; ++i) with_lse->lse->mutable_f32()[head * n + i] = static_cast<float>(plain.lse(i));
  }
  return {{"causal", first},
          {"causal with lse", with_lse},
          {"windowed", sample_layer(windowed, n, 2)},
          {"both-sided", sample_layer(both_sided, n, 3)},
          {"bf16", sample_layer(brief, n, 4)}};
}

std::shared_ptr<const Layer> causal_layer(std::int64_t n) { return sample_layers(n).front().layer; }

}  // namespace attnscope::test
