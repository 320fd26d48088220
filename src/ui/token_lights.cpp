#include "ui/token_lights.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace attnscope {
namespace {

constexpr double pick_ease = 0.12;  // seconds
constexpr float nothing = std::numeric_limits<float>::quiet_NaN();

}  // namespace

TokenLights::TokenLights(const Panel& panel)
    : document_(panel.document()),
      colors_(panel.colors),
      color_(direction_color(panel.colors, panel.view().direction)),
      weights_(panel.workspace.weights()) {
  if (weights_ == nullptr) return;
  const std::size_t first = panel.view().direction == Direction::attends_to ? 1 : 0;
  for (std::size_t place = first; place < weights_->p.size(); ++place) {
    if (weights_->p[place] > strongest_) strongest_ = weights_->p[place];
  }
  if (strongest_ == 0 && !weights_->p.empty() && weights_->p.front() > 0) strongest_ = weights_->p.front();
  ease_ = panel.eased(panel.workspace.transient().picked_at, pick_ease);
}

float TokenLights::weight(std::int64_t token) const {
  if (weights_ == nullptr || !document_->in_context(token)) return nothing;
  return weights_->p[static_cast<std::size_t>(document_->place(token))];
}

float TokenLights::unit_weight(const DisplayUnit& unit) const {
  float sum = nothing;
  for (std::int64_t token = unit.first_token; token < unit.first_token + unit.tokens; ++token) {
    const float w = weight(token);
    if (!std::isnan(w)) sum = std::isnan(sum) ? w : sum + w;
  }
  return sum;
}

float TokenLights::brightness(float weight) const {
  if (!(weight > 0) || strongest_ <= 0) return 0;
  return std::min(1.0F, weight / strongest_);
}

// Brightness rises faster than the weight at the weak end: a tenth of the strongest is still to be seen.
ImVec4 TokenLights::plate(float weight, float most) const {
  return mix(colors_.panel, color_, most * ease_ * std::pow(brightness(weight), 0.65F));
}

}  // namespace attnscope
