#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include "attention/cpu/drivers.h"
#include "attention/cpu/prepare.h"
#include "attention/cpu/stats_kernel.h"
#include "attention/cpu/weights_kernel.h"

namespace attnscope::cpu {
namespace {

template <class From, class To>
void copy_out(const From* from, int count, std::span<To> to, std::int64_t first) {
  if (!to.empty()) std::copy_n(from, count, to.begin() + first);
}

}  // namespace

void row_stats(CpuTarget target, const HeadView& head, std::span<const float> lse, const RowStats& stats,
               const Job& job) {
  const StatsKernel kernel = stats_kernel(target);
  const StreamRows keys = StreamRows::of_keys(head, {});
  const std::vector<float> start = negated(lse);
  const TileBlocks blocks(head.n_q(), kernel.lanes, keys.stream());
  std::vector<RowSums> all_sums(blocks.count() * tiles_at_once);
  Scratch scratch(job.pool, static_cast<std::size_t>(tiles_at_once * head.k.cols * kernel.lanes), keys.stream());
  blocks.run_part_by_part(job, [&](std::size_t part, std::size_t index, unsigned slot) {
    const auto [first, count] = blocks.from_the_end(index);
    RowSums* sums = all_sums.data() + index * tiles_at_once;
    std::array<Tile, tiles_at_once> tiles;
    TileWork work = tile_work(keys.stream(), blocks.part(part), tiles, scratch.widened(slot), job);
    for (std::int64_t at = 0; at < count; at += kernel.lanes)
      tiles[static_cast<std::size_t>(work.tile_count++)] =
          query_tile(head, first + at, static_cast<int>(std::min<std::int64_t>(kernel.lanes, count - at)),
                     std::span(start).subspan(static_cast<std::size_t>(first + at)));
    kernel.run(work, first + head.mask.offset, sums, scratch.of(slot));
    if (part + 1 < blocks.parts()) return;
    for (int t = 0; t < work.tile_count; ++t) {
      const RowSums& sum = sums[t];
      const std::int64_t query = first + t * kernel.lanes;
      const int lanes = tiles[static_cast<std::size_t>(t)].count;
      copy_out(sum.entropy, lanes, stats.entropy, query);
      copy_out(sum.distance, lanes, stats.distance, query);
      copy_out(sum.self, lanes, stats.self, query);
      copy_out(sum.previous, lanes, stats.previous, query);
      copy_out(sum.first, lanes, stats.first, query);
      copy_out(sum.largest, lanes, stats.largest, query);
      copy_out(sum.largest_key, lanes, stats.largest_key, query);
    }
  });
  job.throw_if_stopped();
}

// Keys lie in the lanes and queries are streamed, so that the sums over queries are vertical.
void column_mass(CpuTarget target, const HeadView& head, std::span<const float> lse, std::span<float> mass,
                 const Job& job) {
  const WeightsKernel kernel = weights_kernel(target);
  const std::vector<float> bias = negated(lse);
  const StreamRows queries = StreamRows::of_queries(head, bias);
  const TileBlocks blocks(head.n_k(), kernel.lanes, queries.stream());
  Scratch scratch(job.pool, static_cast<std::size_t>(tiles_at_once * (head.k.cols + 1) * kernel.lanes),
                  queries.stream());
  blocks.run_part_by_part(job, [&](std::size_t part, std::size_t index, unsigned slot) {
    const auto [first, count] = blocks.from_the_start(index);
    std::array<Tile, tiles_at_once> tiles;
    TileWork work = tile_work(queries.stream(), blocks.part(part), tiles, scratch.widened(slot), job);
    std::array<std::int64_t, max_lanes> keys{};
    for (std::int64_t at = 0; at < count; at += kernel.lanes) {
      const auto lanes = static_cast<std::size_t>(std::min<std::int64_t>(kernel.lanes, count - at));
      std::iota(keys.begin(), keys.begin() + lanes, first + at);
      tiles[static_cast<std::size_t>(work.tile_count++)] = key_tile(head, std::span(keys).first(lanes), {});
    }
    float* sums = scratch.of(slot);
    kernel.sums(work, sums, sums + tiles_at_once * kernel.lanes);
    for (std::int64_t at = 0; at < count; ++at) {  // tiles lie side by side, only the last has idle lanes
      float& sum = mass[static_cast<std::size_t>(first + at)];
      sum = part == 0 ? sums[at] : sum + sums[at];
    }
  });
  job.throw_if_stopped();
}

}  // namespace attnscope::cpu
