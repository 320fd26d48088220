#include "capture/layer.h"

#include <algorithm>
#include <atomic>

namespace attnscope {
namespace {

// Larger limits mean the same as none, and the mask's arithmetic stays clear of overflow.
std::int64_t limit(std::optional<std::int64_t> value) {
  return std::min(value.value_or(Mask::unlimited), Mask::unlimited);
}

Mask mask_of(const MaskSpec& spec) {
  Mask mask;
  mask.causal = spec.causal;
  mask.left = limit(spec.left);
  mask.right = limit(spec.right);
  mask.sinks = limit(spec.sinks);
  mask.n_valid = limit(spec.n_valid);
  return mask;
}

}  // namespace

HeadView Layer::head(std::int64_t h) const {
  const std::int64_t group = spec.heads / spec.kv_heads;
  const auto index = static_cast<std::size_t>(h);
  HeadView view;
  view.q = q.block(h);
  view.k = k.block(h / group);
  view.v = v.block(h / group);
  view.score.scale = static_cast<float>(spec.scale);
  if (spec.cap) view.score.cap = static_cast<float>(*spec.cap);
  if (!spec.slopes.empty()) view.score.slope = spec.slopes[index];
  if (!sink.empty()) view.score.sink_logit = sink[index];
  view.mask = mask_of(spec.mask);
  view.place = {id, h, h / group, tokens(), 0};
  return view;
}

std::span<const float> Layer::head_lse(std::int64_t h) const {
  if (!lse) return {};
  return {lse->f32() + h * lse->cols(), static_cast<std::size_t>(lse->cols())};
}

std::uint64_t next_layer_id() {
  static std::atomic<std::uint64_t> last{0};  // the one thing that must be shared by the whole process
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace attnscope
