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
  float pixels;  // of the picture in a screen pixel
};

std::int64_t MapTiles::level_for(const MapFrame& frame, float pixels) {
  const double cells_a_pixel = frame.cells / (frame.side * pixels);
  return cells_a_pixel < 2 ? 0 : static_cast<std::int64_t>(std::floor(std::log2(cells_a_pixel)));
}

bool MapTiles::upload(std::uint64_t key, const WeightImage& image) {
  if (textures_.has(key)) return true;
  return textures_.put(key, static_cast<int>(image.width), static_cast<int>(image.height), image.pixels);
}

// The cells [from, to) of an image whose texel (0, 0) begins at cell (q0, k0).
void MapTiles::add_quad(const Sight& sight, std::uint64_t key, double q0, double k0, double cells_a_texel_q,
                        double cells_a_texel_k, double from_q, double from_k, double to_q, double to_k, float alpha) {
  const auto slot = textures_.find(key);
  if (!slot) return;
  const auto texel = [](double cell, double origin, double size) { return static_cast<float>((cell - origin) / size); };
  const MapFrame& f = sight.frame;
  const glm::vec4 pixels((f.x(from_k) - f.min.x) * sight.pixels, (f.y(from_q) - f.min.y) * sight.pixels,
                         (f.x(to_k) - f.min.x) * sight.pixels, (f.y(to_q) - f.min.y) * sight.pixels);
  quads_.push_back({slot->index,
                    slot->width,
                    slot->height,
                    {texel(from_k, k0, cells_a_texel_k), texel(from_q, q0, cells_a_texel_q),
                     texel(to_k, k0, cells_a_texel_k), texel(to_q, q0, cells_a_texel_q)},
                    pixels,
                    alpha});
}

bool MapTiles::draw_tile(const Panel& panel, const Sight& sight, const TileRequest& request, Shown& shown) {
  const auto side = static_cast<double>(TileRequest::side << request.level);
  const double q0 = static_cast<double>(request.y) * side;
  const double k0 = static_cast<double>(request.x) * side;
  const double q1 = std::min(q0 + side, static_cast<double>(sight.n));
  const double k1 = std::min(k0 + side, static_cast<double>(sight.n));
  Engine& engine = panel.workspace.engine();

  float alpha = 0;
  const auto exact = engine.want(sight.layer, request, Urgency::visible);
  const std::uint64_t key = key_of(request);
  if (exact != nullptr && upload(key, *exact)) {
    const auto arrival = arrived_.try_emplace(key, panel.clock).first;
    alpha = panel.eased(arrival->second, fade);
  }
  if (alpha < 1) {
    bool covered = false;
    TileRequest coarser = request;
    const std::int64_t top = std::bit_width(static_cast<std::uint64_t>(std::max<std::int64_t>(1, sight.n)));
    while (!covered && coarser.level < top) {
      ++coarser.level;
      coarser.y /= 2;
      coarser.x /= 2;
      const auto there = engine.find(coarser);
      if (there == nullptr || !upload(key_of(coarser), *there)) continue;
      const auto cells = static_cast<double>(std::int64_t{1} << coarser.level);
      add_quad(sight, key_of(coarser), static_cast<double>(coarser.y * TileRequest::side) * cells,
               static_cast<double>(coarser.x * TileRequest::side) * cells, cells, cells, q0, k0, q1, k1, 1);
      covered = true;
    }
    if (!covered && sight.n >= estimate_from) {
      const EstimateRequest whole{request.head, request.pool};
      const auto there = engine.want(sight.layer, whole, Urgency::answer);
      if (there != nullptr && upload(key_of(whole), *there)) {
        const double q_cells = static_cast<double>(sight.n) / static_cast<double>(there->height);
        const double k_cells = static_cast<double>(sight.n) / static_cast<double>(there->width);
        add_quad(sight, key_of(whole), 0, 0, q_cells, k_cells, q0, k0, q1, k1, 1);
        covered = shown.estimate = true;
      }
    }
    if (!covered) {
      const MapFrame& f = sight.frame;
      shimmers_.emplace_back((f.x(k0) - f.min.x) * sight.pixels, (f.y(q0) - f.min.y) * sight.pixels,
                             (f.x(k1) - f.min.x) * sight.pixels, (f.y(q1) - f.min.y) * sight.pixels);
    }
  }
  if (alpha > 0) {
    const auto cells = static_cast<double>(std::int64_t{1} << request.level);
    add_quad(sight, key, q0, k0, cells, cells, q0, k0, q1, k1, alpha);
  }
  return exact != nullptr;
}

MapTiles::Shown MapTiles::draw(const Panel& panel, const MapFrame& frame, float low, float high) {
  const float pixels = ImGui::GetIO().DisplayFramebufferScale.x;
  const int side = std::max(1, static_cast<int>(frame.side * pixels));
  target_.resize(side, side);
  target_.clear({panel.colors.panel.x, panel.colors.panel.y, panel.colors.panel.z, 1});
  textures_.begin_frame();
  quads_.clear();
  shimmers_.clear();
  if (arrived_.size() > most_arrivals) arrived_.clear();

  Shown shown;
  const auto layer = panel.workspace.layer();
  if (layer == nullptr) {
    shown.complete = false;
    shimmers_.emplace_back(0, 0, side, side);
  } else {
    const Sight sight{frame, layer, layer->tokens(), pixels};
    const std::int64_t level = level_for(frame, pixels);
    const double cells = static_cast<double>(TileRequest::side << level);
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
  MapLook look;
  look.ramp = panel.colors.ramp;
  look.panel = vec3(panel.colors.panel);
  look.hatch = vec3(panel.colors.masked);
  look.low = low;
  look.high = high;
  look.logarithmic = panel.view().scale == WeightScale::logarithmic;
  look.mean = panel.view().pool == Pool2d::mean;
  look.time = panel.reduced_motion() ? 0.0F : static_cast<float>(panel.clock);
  painter_.draw(target_, textures_, quads_, look);
  if (!shimmers_.empty()) {
    painter_.shimmer(target_, shimmers_, look);
    if (!panel.reduced_motion()) panel.animating = true;
  }
  ImGui::GetWindowDrawList()->AddImage(ImTextureRef(target_.texture()), frame.min,
                                       {frame.min.x + frame.side, frame.min.y + frame.side});
  return shown;
}

}  // namespace attnscope
