#include <array>

#include "attention/cpu/drivers.h"
#include "attention/cpu/prepare.h"
#include "attention/cpu/top_k_kernel.h"

namespace attnscope::cpu {

void top_k(CpuTarget target, const HeadView& head, std::span<const std::int64_t> queries, std::int64_t k,
           const Weighting& weight, std::span<std::int32_t> keys, std::span<float> values, const Job& job) {
  const TopKKernel kernel = top_k_kernel(target);
  const StreamRows stream = StreamRows::of_keys(head, weight.b);
  const TileBlocks blocks(static_cast<std::int64_t>(queries.size()), kernel.lanes, stream.stream());
  Scratch scratch(job.pool, kernel.scratch_size(stream.stream(), blocks.part(0)), stream.stream());
  blocks.run_part_by_part(job, [&](std::size_t part, std::size_t index, unsigned slot) {
    const auto [first, count] = blocks.from_the_end(index);
    std::array<Tile, tiles_at_once> tiles;
    TileWork work = tile_work(stream.stream(), blocks.part(part), tiles, scratch.widened(slot), job);
    for (std::int64_t at = 0; at < count; at += kernel.lanes) {
      const auto begin = static_cast<std::size_t>(first + at);
      const auto lanes = static_cast<std::size_t>(std::min<std::int64_t>(kernel.lanes, count - at));
      tiles[static_cast<std::size_t>(work.tile_count++)] =
          query_tile(head, queries.subspan(begin, lanes), weight.a.subspan(begin, lanes));
    }
    kernel.run(work, k, keys.data() + first * k, values.data() + first * k, scratch.of(slot));
  });
  job.throw_if_stopped();
}

}  // namespace attnscope::cpu
