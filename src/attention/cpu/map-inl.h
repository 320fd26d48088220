// The kernel of map_kernel.h. Compiled for each instruction set.
#if defined(ATTNSCOPE_CPU_MAP_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTNSCOPE_CPU_MAP_INL_H
#undef ATTNSCOPE_CPU_MAP_INL_H
#else
#define ATTNSCOPE_CPU_MAP_INL_H
#endif

#include "attention/cpu/map_kernel.h"
#include "attention/cpu/pool-inl.h"

HWY_BEFORE_NAMESPACE();
namespace attnscope::cpu::HWY_NAMESPACE {

inline std::size_t map_scratch_size(std::int64_t depth, std::int64_t columns) {
  return static_cast<std::size_t>(tiles_at_once * lanes * (depth + columns));
}

template <bool max>
inline HWY_NOINLINE void pool_part(const MapWork& work, const Stream& stream, const Tile& tile, const float* packed,
                                   KeyRange part, float* columns) {
  RunningColumn<max> column(work.edges, part.begin, columns);
  for_each_group(stream, tile, packed, part, [&](std::int64_t k, Block& scores) { column.add(k, part.end, scores); });
  column.flush();
}

// to[x] takes up the lanes [begin, end) of columns[x].
template <bool max>
void pool_lanes(const float* columns, std::size_t count, std::int64_t begin, std::int64_t end, float* to) {
  if (end - begin == 1) {
    for (std::size_t x = 0; x < count; ++x)
      to[x] = Pooling<max>::combine(to[x], columns[static_cast<std::int64_t>(x) * lanes + begin]);
    return;
  }
  const std::int64_t first = begin / vector_lanes * vector_lanes;
  alignas(64) float inside[lanes];  // which lanes count, as numbers
  for (std::int64_t lane = 0; lane < lanes; ++lane) inside[lane] = lane >= begin && lane < end ? 1.0F : 0.0F;
  for (std::size_t x = 0; x < count; ++x) {
    Vector all = splat(Pooling<max>::nothing);
    for (std::int64_t at = first; at < end; at += vector_lanes) {
      const auto counts = hn::Gt(load(inside + at), hn::Zero(Floats()));
      const Vector column = load(columns + static_cast<std::int64_t>(x) * lanes + at);
      all = Pooling<max>::combine(all, hn::IfThenElse(counts, column, splat(Pooling<max>::nothing)));
    }
    to[x] = Pooling<max>::combine(to[x], Pooling<max>::reduce(all));
  }
}

template <bool max>
void pool_all(const MapWork& work, float* packed, float* columns) {
  const TileWork& tiles = work.tiles;
  const std::int64_t packed_size = tiles.stream.depth * lanes;
  const std::size_t count = work.edges.size() - 1;
  const std::int64_t columns_size = static_cast<std::int64_t>(count) * lanes;
  for (int t = 0; t < tiles.tile_count; ++t)
    pack(tiles.tiles[t], tiles.stream.depth, tiles.stream.form.factor, packed + t * packed_size);
  std::fill(columns, columns + tiles.tile_count * columns_size, Pooling<max>::nothing);
  for_each_part(tiles, [&](const Stream& stream, int t, KeyRange part) {
    pool_part<max>(work, stream, tiles.tiles[t], packed + t * packed_size, part, columns + t * columns_size);
  });
  for (const PixelRow& row : work.rows) {
    for (std::int64_t begin = row.begin; begin < row.end;) {
      const std::int64_t t = begin / lanes;
      const std::int64_t end = std::min(row.end, (t + 1) * lanes);
      pool_lanes<max>(columns + t * columns_size, count, begin - t * lanes, end - t * lanes, row.to);
      begin = end;
    }
  }
}

inline void pool_tiles(const MapWork& work, float* scratch) {
  float* columns = scratch + tiles_at_once * work.tiles.stream.depth * lanes;
  if (work.max) {
    pool_all<true>(work, scratch, columns);
  } else {
    pool_all<false>(work, scratch, columns);
  }
}

inline void exp2_all(std::span<float> values) {
  std::size_t at = 0;
  for (; at + vector_lanes <= values.size(); at += vector_lanes)
    hn::StoreU(exp2(hn::LoadU(Floats(), values.data() + at)), Floats(), values.data() + at);
  alignas(64) float rest[vector_lanes] = {};
  std::copy(values.begin() + static_cast<std::ptrdiff_t>(at), values.end(), rest);
  store(rest, exp2(load(rest)));
  std::copy_n(rest, values.size() - at, values.begin() + static_cast<std::ptrdiff_t>(at));
}

}  // namespace attnscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
