#include "render/tile_textures.h"

#include <algorithm>
#include <utility>

namespace attnscope {
namespace {

constexpr int first_capacity = 8;

}  // namespace

void TileTextures::grow() {
  const int wanted = std::min(most_, capacity_ == 0 ? first_capacity : 2 * capacity_);
  GlObject larger = make_texture_array(GL_R32F, side_, side_, wanted);
  if (capacity_ > 0) {
    glCopyImageSubData(texture_.id(), GL_TEXTURE_2D_ARRAY, 0, 0, 0, 0, larger.id(), GL_TEXTURE_2D_ARRAY, 0, 0, 0, 0,
                       side_, side_, capacity_);
  }
  texture_ = std::move(larger);
  capacity_ = wanted;
}

// A slot that was never taken, else that of the image that was used longest ago, unless it is in use.
std::optional<int> TileTextures::free_slot() {
  const auto used = static_cast<int>(places_.size());
  if (used < most_) {
    if (used == capacity_) grow();
    return used;  // images leave only where others take their slots, so the first `used` slots are taken
  }
  const auto oldest = std::min_element(places_.begin(), places_.end(),
                                       [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
  if (oldest == places_.end() || oldest->second.used == frame_) return std::nullopt;
  const int slot = oldest->second.slot.index;
  places_.erase(oldest);
  return slot;
}

bool TileTextures::put(std::uint64_t key, int width, int height, std::span<const float> pixels) {
  const auto there = places_.find(key);
  const std::optional<int> slot = there != places_.end() ? there->second.slot.index : free_slot();
  if (!slot) return false;
  places_[key] = {{*slot, width, height}, frame_};
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  glTextureSubImage3D(texture_.id(), 0, 0, 0, *slot, width, height, 1, GL_RED, GL_FLOAT, pixels.data());
  return true;
}

std::optional<TileTextures::Slot> TileTextures::find(std::uint64_t key) {
  const auto found = places_.find(key);
  if (found == places_.end()) return std::nullopt;
  found->second.used = frame_;
  return found->second.slot;
}

}  // namespace attnscope
