#include "ui/map_picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace attnscope {
namespace {

constexpr float usual_low = 1e-3F;

template <typename T>
void append(std::vector<std::byte>& bytes, std::span<const T> values) {
  const auto added = std::as_bytes(values);
  bytes.insert(bytes.end(), added.begin(), added.end());
}

}  // namespace

float lowest_coloured(const View& view, std::int64_t n) {
  if (view.scale == WeightScale::linear) return 0;
  return std::min(usual_low, 1.0F / static_cast<float>(std::max<std::int64_t>(1, n)));
}

void MapPicture::begin(const Panel& /*panel*/, float width, float height) {
  pixels_ = ImGui::GetIO().DisplayFramebufferScale.x;
  width_ = width;
  height_ = height;
  quads_.clear();
  keys_.clear();
  missing_.clear();
}

bool MapPicture::put(std::uint64_t key, const WeightImage& image) {
  return images_.has(key) ||
         images_.put(key, static_cast<int>(image.width), static_cast<int>(image.height), image.pixels);
}

bool MapPicture::add(std::uint64_t key, const glm::vec4& texels, const glm::vec4& place, float alpha) {
  const auto slot = images_.find(key);
  if (!slot) return false;
  quads_.push_back({slot->index, slot->width, slot->height, texels, place * pixels_, alpha});
  keys_.push_back(key);
  return true;
}

bool MapPicture::add(std::uint64_t key, const glm::vec4& place) {
  const auto slot = images_.find(key);
  return slot && add(key, {0, 0, static_cast<float>(slot->width), static_cast<float>(slot->height)}, place);
}

void MapPicture::add_missing(const glm::vec4& place) { missing_.push_back(place * pixels_); }

// Quads are floats and whole numbers without gaps between them, so their bytes say what they are.
bool MapPicture::same_as_before(const Panel& panel, float low) {
  static_assert(sizeof(MapQuad) == 3 * sizeof(int) + 9 * sizeof(float));
  const std::array<float, 6> look{width_,
                                  height_,
                                  pixels_,
                                  low,
                                  panel.view().pool == Pool2d::mean ? 1.0F : 0.0F,
                                  panel.workspace.settings().theme == Theme::light ? 1.0F : 0.0F};
  std::vector<std::byte> now;
  append(now, std::span<const float>(look));
  append(now, std::span<const MapQuad>(quads_));
  append(now, std::span<const std::uint64_t>(keys_));
  const bool same = now == drawn_ && missing_.empty();  // what is missing shimmers
  drawn_ = missing_.empty() ? std::move(now) : std::vector<std::byte>();
  return same;
}

void MapPicture::show(const Panel& panel, ImVec2 min) {
  const std::int64_t n = panel.document()->info().count;
  const float low = lowest_coloured(panel.view(), n);
  if (!same_as_before(panel, low)) {
    MapLook look;
    look.ramp = panel.colors.ramp;
    look.panel = vec3(panel.colors.panel);
    look.hatch = vec3(panel.colors.masked);
    look.low = low;
    look.high = 1;
    look.logarithmic = panel.view().scale == WeightScale::logarithmic;
    look.mean = panel.view().pool == Pool2d::mean;
    look.time = panel.reduced_motion() ? 0.0F : static_cast<float>(panel.clock);
    target_.resize(std::max(1, static_cast<int>(width_ * pixels_)), std::max(1, static_cast<int>(height_ * pixels_)));
    target_.clear({look.panel.x, look.panel.y, look.panel.z, 1});
    painter_.draw(target_, images_, quads_, look);
    painter_.shimmer(target_, missing_, look);
  }
  if (!missing_.empty() && !panel.reduced_motion()) panel.shimmering = true;
  ImGui::GetWindowDrawList()->AddImage(ImTextureRef(target_.texture()), min, {min.x + width_, min.y + height_});
}

}  // namespace attnscope
