#include <algorithm>
#include <vector>

#include "attention/cpu/drivers.h"
#include "attention/cpu/prepare.h"
#include "attention/cpu/weights_kernel.h"

namespace attnscope::cpu {
namespace {

// Chosen rows in tiles against the streamed rows in parts of `part` rows: calls write(tile index, tile, range, p) with
// p [range, lanes], nothing for ranges that no lane sees.
template <class MakeTile, class Write>
void weigh_chosen(const WeightsKernel& kernel, std::size_t chosen, const Stream& stream, const Score& score,
                  const Job& job, MakeTile make_tile, Write write) {
  constexpr std::int64_t part = 16 * block_rows;
  const auto lanes = static_cast<std::size_t>(kernel.lanes);
  const std::size_t tiles = (chosen + lanes - 1) / lanes;
  const auto parts = static_cast<std::size_t>((stream.rows + part - 1) / part);
  const std::int64_t packed_size = stream.depth * kernel.lanes;
  Scratch scratch(job.pool, static_cast<std::size_t>(packed_size + (block_rows + max_rows) * kernel.lanes));
  job.pool.run(tiles * parts, job, [&](std::size_t index, unsigned slot) {
    const std::size_t begin = index / parts * lanes;
    const Tile tile = make_tile(begin, std::min(lanes, chosen - begin));
    float* packed = scratch.of(slot);
    kernel.pack(tile, stream.depth, static_cast<float>(score.scale * log2_e), packed);
    const std::int64_t first = static_cast<std::int64_t>(index % parts) * part;
    const std::int64_t last = std::min(first + part, stream.rows);
    for (std::int64_t r0 = first; r0 < last; r0 += block_rows) {
      const KeyRange range = tile.visible_part(r0, std::min(r0 + block_rows, last));
      if (range.begin >= range.end) continue;
      kernel.weights(tile, stream, packed, range, packed + packed_size);
      write(begin, tile, range, packed + packed_size);
    }
  });
  job.throw_if_stopped();
}

}  // namespace

void rows(CpuTarget target, const HeadView& head, std::span<const std::int64_t> queries, const Weighting& weight,
          std::span<float> p, const Job& job) {
  const WeightsKernel kernel = weights_kernel(target);
  const StreamRows keys(head.k, valid_keys(head), weight.b);
  std::fill(p.begin(), p.end(), 0.0F);
  weigh_chosen(
      kernel, queries.size(), keys.stream(), head.score, job,
      [&](std::size_t begin, std::size_t count) {
        return query_tile(head, queries.subspan(begin, count), weight.a.subspan(begin, count));
      },
      [&](std::size_t begin, const Tile& tile, KeyRange range, const float* from) {
        for (int lane = 0; lane < tile.count; ++lane) {
          float* row = p.data() + (static_cast<std::int64_t>(begin) + lane) * head.n_k();
          for (std::int64_t k = range.begin; k < range.end; ++k) row[k] = from[(k - range.begin) * kernel.lanes + lane];
        }
      });
}

// Keys lie in the lanes and queries are streamed.
void columns(CpuTarget target, const HeadView& head, std::span<const std::int64_t> keys, const Weighting& weight,
             std::span<float> p, const Job& job) {
  const WeightsKernel kernel = weights_kernel(target);
  const StreamRows queries(head.q, head.n_q(), weight.a);
  std::vector<float> b(keys.size());
  for (std::size_t c = 0; c < keys.size() && !weight.b.empty(); ++c) b[c] = weight.b[static_cast<std::size_t>(keys[c])];
  std::fill(p.begin(), p.end(), 0.0F);
  weigh_chosen(
      kernel, keys.size(), queries.stream(), head.score, job,
      [&](std::size_t begin, std::size_t count) {
        return key_tile(head, keys.subspan(begin, count), std::span(b).subspan(begin, count));
      },
      [&](std::size_t begin, const Tile& tile, KeyRange range, const float* from) {
        for (std::int64_t i = range.begin; i < range.end; ++i)
          std::copy_n(from + (i - range.begin) * kernel.lanes, tile.count,
                      p.data() + i * static_cast<std::int64_t>(keys.size()) + static_cast<std::int64_t>(begin));
      });
}

}  // namespace attnscope::cpu
