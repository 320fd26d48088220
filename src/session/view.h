// What a person has chosen to look at: a small plain value. Undo, bookmarks and session files hold exactly this.
#pragma once
#include <cstdint>
#include <optional>

#include "attention/ops.h"

namespace attnscope {

// attends_to: rows of P, the picked token is the query. attended_by: columns, it is the key.
enum class Direction : std::uint8_t { attends_to, attended_by };

enum class WeightScale : std::uint8_t { logarithmic, linear };

// The part of the map on screen, in cells of the context: its middle, and how many cells its shorter side spans.
struct MapCamera {
  double query = 0;
  double key = 0;
  double cells = 0;  // 0: all of it
  friend bool operator==(const MapCamera&, const MapCamera&) = default;
};

// Tokens are those of the document.
struct View {
  std::int64_t layer = 0;
  std::int64_t head = 0;
  std::optional<std::int64_t> token;  // picked
  std::optional<std::int64_t> other;  // the other end of the picked pair: a key where the token is the query
  Direction direction = Direction::attends_to;
  MapCamera map;
  Pool2d pool = Pool2d::max;
  WeightScale scale = WeightScale::logarithmic;
  double cut = 0.7;      // share of the mass that labelled and bright arcs show
  bool everyone = true;  // the arcs of all tokens, faint
  friend bool operator==(const View&, const View&) = default;
};

}  // namespace attnscope
