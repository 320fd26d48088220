#include "ui/map_tiles.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace attnscope {
namespace {

constexpr double fade = 0.08;                 // seconds in which an exact tile comes
constexpr std::int64_t estimate_from = 8192;  // tokens: below, exact tiles are there before anyone sees
constexpr std::size_t most_arrivals = 4096;

std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15U + (hash << 6U) + (hash >> 2U);
  hash *= 0xff51afd7ed558ccdU;
  return hash ^ (hash >> 33U);
}

std::uint64_t head_key(const HeadRef& head, Pool2d pool) {
  return mixed(mixed(mixed(0, head.layer_id), static_cast<std::uint64_t>(head.head)), static_cast<std::uint64_t>(pool));
}

std::uint64_t key_of(const TileRequest& tile) {
  const std::uint64_t place = mixed(mixed(head_key(tile.head, tile.pool), static_cast<std::uint64_t>(tile.level)),
                                    static_cast<std::uint64_t>(tile.y));
  return mixed(place, static_cast<std::uint64_t>(tile.x));
}

std::uint64_t key_of(const EstimateRequest& estimate) {
  return mixed(head_key(estimate.head, estimate.pool), 0xe571a7eU);
}

}  // namespace

struct MapTiles::Sight {
  const MapFrame& frame;
  std::shared_ptr<const Layer> layer;
  std::int64_t n;

  // Cells (key, query, key, query) as a rectangle of the picture.
  glm::vec4 place(const glm::vec4& cells) const {
    return {frame.x(cells.x) - frame.min.x, frame.y(cells.y) - frame.min.y, frame.x(cells.z) - frame.min.x,
            frame.y(cells.w) - frame.min.y};
  }
};

std::int64_t MapTiles::level_for(const MapFrame& frame, float pixels) {
  const double cells_a_pixel = frame.cells / (frame.side * pixels);
  return cells_a_pixel < 2 ? 0 : static_cast<std::int64_t>(std::floor(std::log2(cells_a_pixel)));
}

// The cells (key, query, key, query) of an image whose texel (0, 0) begins at cell `origin` and spans `texel` cells.
void MapTiles::add(const Sight& sight, std::uint64_t key, const glm::vec2& origin, const glm::vec2& texel,
                   const glm::vec4& cells, float alpha) {
  const glm::vec4 texels((cells.x - origin.x) / texel.x, (cells.y - origin.y) / texel.y, (cells.z - origin.x) / texel.x,
                         (cells.w - origin.y) / texel.y);
  picture_.add(key, texels, sight.place(cells), alpha);
}

// The nearest coarser tile that is there, else the estimate of the whole.
bool MapTiles::draw_coarser(const Panel& panel, const Sight& sight, const TileRequest& request, const glm::vec4& cells,
                            Shown& shown) {
  Engine& engine = panel.workspace.engine();
  TileRequest coarser = request;
  const auto top =
      static_cast<std::int64_t>(std::bit_width(static_cast<std::uint64_t>(std::max<std::int64_t>(1, sight.n))));
  while (coarser.level < top) {
    ++coarser.level;
    coarser.y /= 2;
    coarser.x /= 2;
    const auto there = engine.find(coarser);
    if (there == nullptr || !picture_.put(key_of(coarser), *there)) continue;
    const auto texel = static_cast<float>(std::int64_t{1} << coarser.level);
    const glm::vec2 origin(static_cast<float>(coarser.x * TileRequest::side) * texel,
                           static_cast<float>(coarser.y * TileRequest::side) * texel);
    add(sight, key_of(coarser), origin, {texel, texel}, cells, 1);
    return true;
  }
  if (sight.n < estimate_from) return false;
  const EstimateRequest whole{request.head, request.pool};
  const auto there = engine.want(sight.layer, whole, Urgency::answer);
  if (there == nullptr || !picture_.put(key_of(whole), *there)) return false;
  const glm::vec2 texel(static_cast<float>(sight.n) / static_cast<float>(there->width),
                        static_cast<float>(sight.n) / static_cast<float>(there->height));
  add(sight, key_of(whole), {0, 0}, texel, cells, 1);
  return shown.estimate = true;
}

// Whether the exact tile is there.
bool MapTiles::draw_tile(const Panel& panel, const Sight& sight, const TileRequest& request, Shown& shown) {
  const auto texel = static_cast<float>(std::int64_t{1} << request.level);
  const float side = texel * TileRequest::side;
  const auto n = static_cast<float>(sight.n);
  const glm::vec2 origin(static_cast<float>(request.x) * side, static_cast<float>(request.y) * side);
  const glm::vec4 cells(origin.x, origin.y, std::min(origin.x + side, n), std::min(origin.y + side, n));
  const auto exact = panel.workspace.engine().want(sight.layer, request, Urgency::visible);
  const std::uint64_t key = key_of(request);
  float alpha = 0;
  if (exact != nullptr && picture_.put(key, *exact)) {
    alpha = panel.eased(arrived_.try_emplace(key, panel.clock).first->second, fade);
  }
  if (alpha < 1 && !draw_coarser(panel, sight, request, cells, shown)) picture_.add_missing(sight.place(cells));
  if (alpha > 0) add(sight, key, origin, {texel, texel}, cells, alpha);
  return exact != nullptr;
}

MapTiles::Shown MapTiles::draw(const Panel& panel, const MapFrame& frame) {
  images_.begin_frame();
  picture_.begin(panel, frame.side, frame.side);
  if (arrived_.size() > most_arrivals) arrived_.clear();
  Shown shown;
  const auto layer = panel.workspace.layer();
  if (layer == nullptr) {
    shown.complete = false;
    picture_.add_missing({0, 0, frame.side, frame.side});
  } else {
    const Sight sight{frame, layer, layer->tokens()};
    const std::int64_t level = level_for(frame, ImGui::GetIO().DisplayFramebufferScale.x);
    const auto cells = static_cast<double>(TileRequest::side << level);
    const auto last = [&](double from) {
      const double end = std::min(from + frame.cells, static_cast<double>(sight.n));
      return static_cast<std::int64_t>(std::ceil(end / cells)) - 1;
    };
    for (auto y = static_cast<std::int64_t>(frame.query / cells); y <= last(frame.query); ++y) {
      for (auto x = static_cast<std::int64_t>(frame.key / cells); x <= last(frame.key); ++x) {
        const TileRequest tile{panel.workspace.head_ref(), panel.view().pool, level, y, x};
        shown.complete = draw_tile(panel, sight, tile, shown) && shown.complete;
      }
    }
  }
  picture_.show(panel, frame.min);
  return shown;
}

}  // namespace attnscope
