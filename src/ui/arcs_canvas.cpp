#include "ui/arcs_canvas.h"

#include <algorithm>

namespace attnscope {

void ArcsCanvas::begin(const Panel& panel, ImVec2 min, ImVec2 max) {
  pixels_ = ImGui::GetIO().DisplayFramebufferScale.x;
  min_ = min;
  max_ = max;
  target_.resize(std::max(1, static_cast<int>((max.x - min.x) * pixels_)),
                 std::max(1, static_cast<int>((max.y - min.y) * pixels_)));
  target_.clear({panel.colors.panel.x, panel.colors.panel.y, panel.colors.panel.z, 1});
  ribbons_.clear();
  density_.reset();
}

void ArcsCanvas::ribbon(ImVec2 query, ImVec2 key, float height, float width, const ImVec4& color, float light) {
  ribbons_.push_back(
      {at(query), at(key), height * pixels_, width * pixels_, {color.x, color.y, color.z, color.w}, light});
}

void ArcsCanvas::show(const Panel& panel, double picked_at) {
  if (density_) {
    const ImVec2 size(static_cast<float>(target_.width()), static_cast<float>(target_.height()));
    const bool same =
        density_->version == accumulated_ && size.x == accumulated_size_.x && size.y == accumulated_size_.y;
    if (!same) {
      density_painter_.accumulate(density_->arcs, target_.width(), target_.height(), density_->base, density_->room,
                                  density_->down);
      accumulated_ = density_->version;
      accumulated_size_ = size;
    }
    DensityLook look{vec3(panel.colors.everyone)};
    look.most *= density_->strength;
    density_painter_.draw(target_, look);
  }
  const bool moves = !panel.reduced_motion();
  const auto clock = moves ? static_cast<float>(panel.clock - picked_at) : 1e6F;
  ribbons_painter_.draw(target_, ribbons_, clock, vec3(panel.colors.light));
  const bool any_light = std::any_of(ribbons_.begin(), ribbons_.end(), [](const Ribbon& r) { return r.light > 0; });
  if (moves && any_light && lights_running(clock)) panel.animating = true;
  ImGui::GetWindowDrawList()->AddImage(ImTextureRef(target_.texture()), min_, max_);
}

}  // namespace attnscope
