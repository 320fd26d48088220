// One layer of a capture: the model's own queries, keys and values for one text.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "attention/ops.h"
#include "core/tensor.h"

namespace attnscope {

// Rotary embedding that q and k have been through: pairs (c, c + dims / 2), angle position * base^(-2c / dims) unless
// the model scales its frequencies.
struct Rotary {
  double base = 10000;
  std::int64_t dims = 0;
  friend bool operator==(const Rotary&, const Rotary&) = default;
};

// The mask of a whole layer, as files store it: no offset, no pointers.
struct MaskSpec {
  bool causal = true;
  std::optional<std::int64_t> left, right;  // window, see core/mask.h
  std::int64_t sinks = 0;
  std::optional<std::int64_t> n_valid;
  friend bool operator==(const MaskSpec&, const MaskSpec&) = default;
};

struct LayerSpec {
  std::int64_t heads = 0;
  std::int64_t kv_heads = 0;  // divides heads; query head h uses KV head h / (heads / kv_heads)
  std::int64_t head_dim = 0;
  std::int64_t value_dim = 0;  // usually head_dim
  double scale = 1;
  std::optional<double> cap;
  std::vector<float> slopes;  // empty or [heads]
  MaskSpec mask;
  std::optional<Rotary> rotary;
  DType dtype = DType::f32;  // of q, k and v
  bool gives_lse = true;     // whether the layer comes with lse, and with learned sink logits: a file's header is
  bool gives_sink = false;   // written before the first layer is computed
  friend bool operator==(const LayerSpec&, const LayerSpec&) = default;
};

// Immutable once published. q [heads, n, head_dim], k and v [kv_heads, n, ...], as they enter the dot product (after
// bias, norm and rotary embedding, dimensions in rotate-half order).
struct Layer {
  std::uint64_t id =
      0;  // unique in the process, see next_layer_id(); device copies and caches key on it; 0: none are kept
  LayerSpec spec;
  Tensor q, k, v;
  std::optional<Tensor> lse;  // [1, heads, n] f32
  std::vector<float> sink;    // learned sink logits, empty or [heads]

  std::int64_t tokens() const { return q.rows(); }
  // Bytes of q, k, v and lse.
  std::size_t bytes() const { return q.bytes() + k.bytes() + v.bytes() + (lse ? lse->bytes() : 0); }
  // Head h as the ops take it, n_q = n_k = tokens().
  HeadView head(std::int64_t h) const;
  // lse of head h, or empty where the layer has none.
  std::span<const float> head_lse(std::int64_t h) const;
};

std::uint64_t next_layer_id();

}  // namespace attnscope
