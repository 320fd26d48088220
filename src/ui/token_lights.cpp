#include "ui/token_lights.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/shown_weights.h"

namespace attnscope {
namespace {

constexpr double pick_ease = 0.12;  // seconds
constexpr float nothing = std::numeric_limits<float>::quiet_NaN();

}  // namespace

TokenLights::TokenLights(const Panel& panel)
    : document_(panel.document()),
      color_(direction_color(panel.colors, panel.view().direction)),
      weights_(panel.workspace.weights()) {
  if (weights_ == nullptr) return;
  const bool row = panel.view().direction == Direction::attends_to;
  strongest_ = static_cast<float>(choose_shown(weights_->p, {.limit = 1, .first_apart = row}).strongest_other);
  if (strongest_ == 0 && !weights_->p.empty() && weights_->p.front() > 0) strongest_ = weights_->p.front();
  ease_ = panel.eased(panel.workspace.transient().picked_at, pick_ease);
}

float TokenLights::weight(std::int64_t token) const {
  if (weights_ == nullptr || !document_->in_context(token)) return nothing;
  return weights_->p[static_cast<std::size_t>(document_->place(token))];
}

float TokenLights::unit_weight(const Unit& unit) const {
  if (weights_ == nullptr) return nothing;
  return attnscope::unit_weight(unit, weights_->p, document_->info().first);
}

float TokenLights::brightness(float weight) const {
  if (!(weight > 0) || strongest_ <= 0) return 0;
  return std::min(1.0F, weight / strongest_);
}

// Brightness rises faster than the weight at the weak end: a tenth of the strongest is still to be seen.
ImVec4 TokenLights::plate(float weight, const ImVec4& dark, float most) const {
  return mix(dark, color_, most * ease_ * std::pow(brightness(weight), 0.65F));
}

}  // namespace attnscope
