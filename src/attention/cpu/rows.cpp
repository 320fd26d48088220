#include <algorithm>
#include <vector>

#include "attention/cpu/drivers.h"
#include "attention/cpu/prepare.h"
#include "attention/cpu/weights_kernel.h"

namespace attnscope::cpu {
namespace {

// So few rows are weighed one by one; more of them, in tiles.
constexpr std::size_t few = 4;

// Chosen rows against streamed rows. write(row, range, p, step) takes the weight of the streamed row r of the range at
// p[(r - range.begin) * step]; clear(first, count, range) is called before for ranges that are not written whole.
template <class MakeTile, class Clear, class Write>
class ChosenRows {
 public:
  ChosenRows(const WeightsKernel& kernel, std::size_t chosen, const Stream& stream, MakeTile make_tile, Clear clear,
             Write write)
      : kernel_(kernel), chosen_(chosen), stream_(stream), make_tile_(make_tile), clear_(clear), write_(write) {}

  // `extent`: of the results; rows of the stream that it lacks have no weight.
  void run(std::int64_t extent, const Job& job) {
    const auto lanes = static_cast<std::size_t>(kernel_.lanes);
    const std::size_t tiles = (chosen_ + lanes - 1) / lanes;
    const auto parts = static_cast<std::size_t>((extent + part_rows - 1) / part_rows);
    const std::int64_t size = (stream_.depth + block_rows + max_rows) * kernel_.lanes;
    Scratch scratch(job.pool, static_cast<std::size_t>(size), stream_);
    job.pool.run(tiles * parts, job, [&](std::size_t index, unsigned slot) {
      const std::size_t first = index / parts * lanes;
      const Tile tile = make_tile_(first, std::min(lanes, chosen_ - first));
      const std::int64_t begin = static_cast<std::int64_t>(index % parts) * part_rows;
      weigh(first, tile, {begin, std::min(begin + part_rows, extent)}, scratch.of(slot), scratch.widened(slot));
    });
    job.throw_if_stopped();
  }

 private:
  static constexpr std::int64_t part_rows = 16 * block_rows;

  void weigh(std::size_t first, const Tile& tile, KeyRange rows, float* scratch, float* widened) {
    const bool alone = static_cast<std::size_t>(tile.count) <= few;
    float* p = scratch + stream_.depth * kernel_.lanes;
    if (!alone) kernel_.pack(tile, stream_.depth, stream_.form.factor, scratch);
    for (std::int64_t r0 = rows.begin; r0 < rows.end; r0 += block_rows) {
      const KeyRange block{r0, std::min(r0 + block_rows, rows.end)};
      if (tile.state(block.begin, block.end) != BlockState::all)
        clear_(first, static_cast<std::size_t>(tile.count), block);
      // The ranges of lanes that see nothing may lie behind the last row.
      const std::int64_t end = std::max(block.begin, std::min(block.end, stream_.rows));
      tile.for_each_run(block.begin, end, [&](KeyRange range) {
        if (!alone) kernel_.weights(tile, stream_, scratch, range, widened, p);
        for (int lane = 0; lane < tile.count; ++lane) {
          if (alone) kernel_.lane_weights(tile, lane, stream_, range, p);
          write_(first + static_cast<std::size_t>(lane), range, alone ? p : p + lane, alone ? 1 : kernel_.lanes);
        }
      });
    }
  }

  const WeightsKernel& kernel_;
  std::size_t chosen_;
  const Stream& stream_;
  MakeTile make_tile_;
  Clear clear_;
  Write write_;
};

}  // namespace

void rows(CpuTarget target, const HeadView& head, std::span<const std::int64_t> queries, const Weighting& weight,
          std::span<float> p, const Job& job) {
  const WeightsKernel kernel = weights_kernel(target);
  const StreamRows keys = StreamRows::of_keys(head, weight.b);
  const auto make_tile = [&](std::size_t begin, std::size_t count) {
    return query_tile(head, queries.subspan(begin, count), weight.a.subspan(begin, count));
  };
  const auto clear = [&](std::size_t first, std::size_t count, KeyRange range) {
    for (std::size_t chosen = first; chosen < first + count; ++chosen)
      std::fill_n(p.data() + static_cast<std::int64_t>(chosen) * head.n_k() + range.begin, range.end - range.begin,
                  0.0F);
  };
  const auto write = [&](std::size_t chosen, KeyRange range, const float* from, std::int64_t step) {
    float* row = p.data() + static_cast<std::int64_t>(chosen) * head.n_k();
    for (std::int64_t k = range.begin; k < range.end; ++k, from += step) row[k] = *from;
  };
  ChosenRows(kernel, queries.size(), keys.stream(), make_tile, clear, write).run(head.n_k(), job);
}

// Keys lie in the lanes and queries are streamed.
void columns(CpuTarget target, const HeadView& head, std::span<const std::int64_t> keys, const Weighting& weight,
             std::span<float> p, const Job& job) {
  const WeightsKernel kernel = weights_kernel(target);
  const StreamRows queries = StreamRows::of_queries(head, weight.a);
  std::vector<float> b(keys.size());
  for (std::size_t c = 0; c < keys.size() && !weight.b.empty(); ++c) b[c] = weight.b[static_cast<std::size_t>(keys[c])];
  const auto make_tile = [&](std::size_t begin, std::size_t count) {
    return key_tile(head, keys.subspan(begin, count), std::span(b).subspan(begin, count));
  };
  const auto width = static_cast<std::int64_t>(keys.size());
  const auto clear = [&](std::size_t first, std::size_t count, KeyRange range) {
    for (std::int64_t i = range.begin; i < range.end; ++i) std::fill_n(p.data() + i * width + first, count, 0.0F);
  };
  const auto write = [&](std::size_t chosen, KeyRange range, const float* from, std::int64_t step) {
    float* column = p.data() + chosen;
    for (std::int64_t i = range.begin; i < range.end; ++i, from += step) column[i * width] = *from;
  };
  ChosenRows(kernel, keys.size(), queries.stream(), make_tile, clear, write).run(head.n_q(), job);
}

}  // namespace attnscope::cpu
