#include <array>
#include <limits>
#include <vector>

#include "attention/cpu/drivers.h"
#include "attention/cpu/map_kernel.h"
#include "attention/cpu/pixels.h"
#include "attention/cpu/prepare.h"

namespace attnscope::cpu {
namespace {

// One call: the rectangle as a head of its own, pooled to at most one pixel a cell; finish() repeats pixels where the
// image asks for more.
class MapCall {
 public:
  MapCall(CpuTarget target, const HeadView& head, const MapSpec& spec, const Weighting& weight, const Job& job)
      : kernel_(map_kernel(target)),
        head_(slice_keys(head.slice_queries(spec.q0, spec.q1 - spec.q0), spec.k0, spec.k1)),
        spec_(spec),
        a_(weight.a),
        job_(job),
        height_(std::min(spec.h, head_.n_q())),
        width_(std::min(spec.w, head_.n_k())),
        edges_(pixel_edges(width_, head_.n_k())),
        keys_(head_.k, valid_keys(head_), bias(weight, spec)),
        blocks_(head_.n_q(), kernel_.lanes, keys_.stream()),
        pooled_(static_cast<std::size_t>(height_ * width_), nothing()),
        shares_(blocks_.count() * 2 * static_cast<std::size_t>(width_), nothing()) {}

  void run(const MapResult& result) {
    Scratch scratch(job_.pool, kernel_.scratch_size(head_.k.cols, width_));
    job_.pool.run(blocks_.count(), job_,
                  [&](std::size_t index, unsigned slot) { pool_block(blocks_.count() - 1 - index, scratch.of(slot)); });
    Job quiet = job_;
    quiet.progress = nullptr;
    const std::int64_t rows = std::max<std::int64_t>(1, 16384 / width_);
    const auto tasks = static_cast<std::size_t>((height_ + rows - 1) / rows);
    job_.pool.run(tasks, quiet, [&](std::size_t index, unsigned /*slot*/) {
      const std::int64_t y0 = static_cast<std::int64_t>(index) * rows;
      for (std::int64_t y = y0; y < std::min(y0 + rows, height_); ++y) finish(y, result);
    });
    job_.throw_if_stopped();
  }

 private:
  float nothing() const { return spec_.pool == Pool2d::max ? -std::numeric_limits<float>::infinity() : 0.0F; }

  static std::span<const float> bias(const Weighting& weight, const MapSpec& spec) {
    if (weight.b.empty()) return {};
    return weight.b.subspan(static_cast<std::size_t>(spec.k0), static_cast<std::size_t>(spec.k1 - spec.k0));
  }

  // Pixel row `y` as far as block `block` has to do with it: the whole row, or the block's share of one that it divides
  // with its neighbours.
  float* row_in_block(std::int64_t y, std::size_t block) {
    const KeyRange queries = pixel_cells(y, height_, head_.n_q());
    const TileBlocks::Lanes lanes = blocks_.from_the_start(block);
    const bool whole = queries.begin >= lanes.first && queries.end <= lanes.first + lanes.count;
    if (whole) return pooled_.data() + y * width_;
    return shares_.data() + static_cast<std::int64_t>(2 * block + (queries.begin < lanes.first ? 0 : 1)) * width_;
  }

  void pool_block(std::size_t block, float* scratch) {
    const auto [first, count] = blocks_.from_the_start(block);
    std::array<Tile, tiles_at_once> tiles;
    MapWork work;
    work.tiles = tile_work(keys_.stream(), head_.score, tiles, job_);
    for (std::int64_t at = 0; at < count; at += kernel_.lanes)
      tiles[static_cast<std::size_t>(work.tiles.tile_count++)] =
          query_tile(head_, first + at, static_cast<int>(std::min<std::int64_t>(kernel_.lanes, count - at)),
                     a_.subspan(static_cast<std::size_t>(first + at)));
    work.max = spec_.pool == Pool2d::max;
    work.edges = edges_;
    std::vector<PixelRow> rows;
    for (std::int64_t query = first; query < first + count;) {
      const std::int64_t y = ((query + 1) * height_ - 1) / head_.n_q();
      const std::int64_t end = std::min(first + count, pixel_cells(y, height_, head_.n_q()).end);
      rows.push_back({query - first, end - first, row_in_block(y, block)});
      query = end;
    }
    work.rows = rows;
    kernel_.run(work, scratch);
  }

  // Adds up the shares of pixel row y in the order of the blocks.
  void merge(std::int64_t y, std::span<float> row) const {
    const KeyRange queries = pixel_cells(y, height_, head_.n_q());
    const std::int64_t first = queries.begin / blocks_.lanes();
    const std::int64_t last = (queries.end - 1) / blocks_.lanes();
    for (std::int64_t block = first; first != last && block <= last; ++block) {
      const float* share = shares_.data() + (2 * block + (block == first ? 1 : 0)) * width_;
      for (std::size_t x = 0; x < row.size(); ++x)
        row[x] = spec_.pool == Pool2d::max ? std::max(row[x], share[x]) : row[x] + share[x];
    }
  }

  void finish(std::int64_t y, const MapResult& result) {
    const std::span<float> row(pooled_.data() + y * width_, static_cast<std::size_t>(width_));
    merge(y, row);
    if (spec_.pool == Pool2d::max) kernel_.exp2(row);
    const RowCounter counter(head_, pixel_cells(y, height_, head_.n_q()));
    std::vector<std::int64_t> counts(row.size());
    for (std::size_t x = 0; x < row.size(); ++x) {
      counts[x] = counter.count({edges_[x], edges_[x + 1]});
      if (counts[x] == 0) {
        row[x] = std::numeric_limits<float>::quiet_NaN();
      } else if (spec_.pool == Pool2d::mean) {
        row[x] /= static_cast<float>(counts[x]);
      }
    }
    repeat_row(y, height_, row, counts, spec_, result);
  }

  MapKernel kernel_;
  HeadView head_;
  const MapSpec& spec_;
  std::span<const float> a_;
  const Job& job_;
  std::int64_t height_, width_;
  std::vector<std::int32_t> edges_;
  StreamRows keys_;
  TileBlocks blocks_;
  std::vector<float> pooled_;  // [height, width]
  std::vector<float> shares_;  // [blocks, 2, width]: of the rows that begin before a block, and that end after it
};

}  // namespace

void map(CpuTarget target, const HeadView& head, const MapSpec& spec, const Weighting& weight, const MapResult& result,
         const Job& job) {
  MapCall(target, head, spec, weight, job).run(result);
}

}  // namespace attnscope::cpu
