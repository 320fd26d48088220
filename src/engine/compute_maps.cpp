// Pictures of P: tiles, thumbnails, estimates.
#include <algorithm>
#include <string>
#include <vector>

#include "core/error.h"
#include "engine/compute.h"

namespace attnscope {
namespace {

constexpr std::int64_t largest_side = 4096;

// Cells [begin, begin + whole * scale + part) of one direction of a tile, as pixels of `scale` cells: `whole` full ones
// and, where `part` is not 0, one at the edge of the matrix with fewer.
struct Span {
  std::int64_t begin = 0;
  std::int64_t whole = 0;
  std::int64_t part = 0;

  std::int64_t pixels() const { return whole + (part > 0 ? 1 : 0); }
};

Span tile_span(std::int64_t index, std::int64_t scale, std::int64_t n) {
  const std::int64_t begin = index * TileRequest::side * scale;
  const std::int64_t cells = std::min(n - begin, TileRequest::side * scale);
  return {begin, cells / scale, cells % scale};
}

// A stretch of a Span in which all pixels cover equally many cells, so that MapSpec's equal partition is exact.
struct Stretch {
  std::int64_t begin = 0;  // cells
  std::int64_t end = 0;
  std::int64_t first_pixel = 0;
  std::int64_t pixels = 0;
};

std::vector<Stretch> stretches(const Span& span, std::int64_t scale) {
  std::vector<Stretch> parts;
  const std::int64_t edge = span.begin + span.whole * scale;
  if (span.whole > 0) parts.push_back({span.begin, edge, 0, span.whole});
  if (span.part > 0) parts.push_back({edge, edge + span.part, span.whole, 1});
  return parts;
}

void paste(const std::vector<float>& part, const Stretch& rows, const Stretch& columns, WeightImage& image) {
  for (std::int64_t r = 0; r < rows.pixels; ++r) {
    std::copy_n(part.begin() + r * columns.pixels, columns.pixels,
                image.pixels.begin() + (rows.first_pixel + r) * image.width + columns.first_pixel);
  }
}

void check_tile(const TileRequest& request, std::int64_t n) {
  constexpr std::int64_t highest = 40;  // no overflow, and far more cells a pixel than any text has
  const bool level = request.level >= 0 && request.level <= highest;
  const std::int64_t cells = level ? TileRequest::side << request.level : 1;
  const std::int64_t tiles = (n + cells - 1) / cells;
  if (level && request.y >= 0 && request.x >= 0 && request.y < tiles && request.x < tiles) return;
  throw InputError("tile " + std::to_string(request.y) + "," + std::to_string(request.x) + " of level " +
                   std::to_string(request.level) + " holds no cell of " + std::to_string(n) + " tokens");
}

MapSpec whole_map(std::int64_t side, Pool2d pool, std::int64_t n) {
  if (side < 1 || side > largest_side) {
    throw InputError("a picture of " + std::to_string(side) + " pixels a side: takes 1 to " +
                     std::to_string(largest_side));
  }
  const std::int64_t pixels = std::min(side, n);
  return {0, n, 0, n, pixels, pixels, pool};
}

}  // namespace

WeightImage compute(const TileRequest& request, const ComputeContext& context) {
  HeadReader reader = context.reader(request.head.head);
  check_tile(request, reader.tokens());
  const std::int64_t scale = std::int64_t{1} << request.level;
  const Span rows = tile_span(request.y, scale, reader.tokens());
  const Span columns = tile_span(request.x, scale, reader.tokens());
  WeightImage image{columns.pixels(), rows.pixels(), {}};
  image.pixels.resize(static_cast<std::size_t>(image.width * image.height));
  for (const Stretch& down : stretches(rows, scale)) {
    for (const Stretch& across : stretches(columns, scale)) {
      const MapSpec spec{down.begin, down.end, across.begin, across.end, down.pixels, across.pixels, request.pool};
      paste(reader.map(spec), down, across, image);
    }
  }
  return image;
}

WeightImage compute(const ThumbnailRequest& request, const ComputeContext& context) {
  HeadReader reader = context.reader(request.head.head);
  const MapSpec spec = whole_map(request.side, request.pool, reader.tokens());
  return {spec.w, spec.h, reader.map(spec)};
}

WeightImage compute(const EstimateRequest& request, const ComputeContext& context) {
  HeadReader reader = context.reader(request.head.head);
  const MapSpec spec = whole_map(request.side, request.pool, reader.tokens());
  return {spec.w, spec.h, reader.sampled_map(spec, 1)};
}

}  // namespace attnscope
