// The numbers of small layers from the formulas of ops.h alone, in float64 and without any backend: what the engine's
// answers are held against. And layers to ask about.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "capture/layer.h"

namespace attnscope::test {

// P of one head, all of it.
class PlainAttention {
 public:
  PlainAttention(const Layer& layer, std::int64_t head);

  std::int64_t n() const { return n_; }
  // None where the query does not see the key.
  std::optional<double> p(std::int64_t query, std::int64_t key) const;
  double score(std::int64_t query, std::int64_t key) const;
  double lse(std::int64_t query) const { return lse_[static_cast<std::size_t>(query)]; }
  std::vector<double> output(std::int64_t query) const;

 private:
  HeadView view_;
  std::int64_t n_;
  std::vector<double> lse_;
};

// Layers that differ in all that a layer can have, by a name for messages.
struct SampleLayer {
  std::string name;
  std::shared_ptr<const Layer> layer;
};

// causal (f32, grouped heads), the same with lse, windowed with cap and learned sinks, both-sided with slopes and
// padding (value_dim unlike head_dim), and bf16. n tokens each.
std::vector<SampleLayer> sample_layers(std::int64_t n);

// The first of them.
std::shared_ptr<const Layer> causal_layer(std::int64_t n);

}  // namespace attnscope::test
