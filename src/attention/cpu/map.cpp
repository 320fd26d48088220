#include <algorithm>
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
        keys_(StreamRows::of_keys(head_, bias(weight, spec))),
        blocks_(head_.n_q(), kernel_.lanes, keys_.stream()),
        cuts_(cut_edges()),
        columns_(static_cast<std::int64_t>(cuts_.size()) - 1),
        pooled_(Tensor::allocate(DType::f32, 1, height_, columns_)),
        shares_(Tensor::allocate(DType::f32, static_cast<std::int64_t>(blocks_.count()), 2, columns_)) {}

  void run(const MapResult& result) {
    Scratch scratch(job_.pool, kernel_.scratch_size(head_.k.cols, columns_), keys_.stream());
    job_.pool.run(blocks_.count() * blocks_.parts(), job_, [&](std::size_t index, unsigned slot) {
      pool_block(blocks_.count() - 1 - index / blocks_.parts(), index % blocks_.parts(), scratch.of(slot),
                 scratch.widened(slot));
    });
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

  // Ends of pixel columns and of parts: what a part pools ends with it.
  std::vector<std::int32_t> cut_edges() const {
    std::vector<std::int32_t> cuts = edges_;
    for (std::size_t part = 1; part < blocks_.parts(); ++part)
      cuts.push_back(static_cast<std::int32_t>(blocks_.part(part).begin));
    std::sort(cuts.begin(), cuts.end());
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
    return cuts;
  }

  // Pixel row `y` [columns_] as far as block `block` has to do with it: the whole row, or the block's share of one that
  // it divides with its neighbours.
  float* row_in_block(std::int64_t y, std::size_t block) {
    const KeyRange queries = pixel_cells(y, height_, head_.n_q());
    const TileBlocks::Lanes lanes = blocks_.from_the_start(block);
    const bool whole = queries.begin >= lanes.first && queries.end <= lanes.first + lanes.count;
    if (whole) return pooled_.mutable_f32() + y * columns_;
    const auto share = static_cast<std::int64_t>(2 * block + (queries.begin < lanes.first ? 0 : 1));
    return shares_.mutable_f32() + share * columns_;
  }

  void pool_block(std::size_t block, std::size_t part, float* scratch, float* widened) {
    const auto [first, count] = blocks_.from_the_start(block);
    std::array<Tile, tiles_at_once> tiles;
    MapWork work;
    work.tiles = tile_work(keys_.stream(), blocks_.part(part), tiles, widened, job_);
    for (std::int64_t at = 0; at < count; at += kernel_.lanes)
      tiles[static_cast<std::size_t>(work.tiles.tile_count++)] =
          query_tile(head_, first + at, static_cast<int>(std::min<std::int64_t>(kernel_.lanes, count - at)),
                     a_.subspan(static_cast<std::size_t>(first + at)), spec_.k0);
    work.max = spec_.pool == Pool2d::max;
    // The columns of this part, those of the last part up to the end of the image.
    const bool last_part = part + 1 == blocks_.parts();
    const auto begin = std::lower_bound(cuts_.begin(), cuts_.end(), work.tiles.rows.begin);
    const auto end = last_part ? cuts_.end() - 1 : std::lower_bound(begin, cuts_.end(), work.tiles.rows.end);
    work.edges = {begin, end + 1};
    std::vector<PixelRow> rows;
    for (std::int64_t query = first; query < first + count;) {
      const std::int64_t y = ((query + 1) * height_ - 1) / head_.n_q();
      const std::int64_t until = std::min(first + count, pixel_cells(y, height_, head_.n_q()).end);
      float* to = row_in_block(y, block) + (begin - cuts_.begin());
      std::fill_n(to, end - begin, nothing());
      rows.push_back({query - first, until - first, to});
      query = until;
    }
    work.rows = rows;
    kernel_.run(work, scratch);
  }

  // Of a pixel there may be very many parts: float's additions would lose too much.
  double combine(double a, double b) const { return spec_.pool == Pool2d::max ? std::max(a, b) : a + b; }

  // Pixel row y [columns_]: as it was pooled, or its shares in the order of the blocks.
  std::vector<double> merge_blocks(std::int64_t y) const {
    const KeyRange queries = pixel_cells(y, height_, head_.n_q());
    const std::int64_t first = queries.begin / blocks_.lanes();
    const std::int64_t last = (queries.end - 1) / blocks_.lanes();
    if (first == last) return {pooled_.f32() + y * columns_, pooled_.f32() + (y + 1) * columns_};
    std::vector<double> row(static_cast<std::size_t>(columns_), nothing());
    for (std::int64_t block = first; block <= last; ++block) {
      const float* share = shares_.f32() + (2 * block + (block == first ? 1 : 0)) * columns_;
      for (std::size_t x = 0; x < row.size(); ++x) row[x] = combine(row[x], share[x]);
    }
    return row;
  }

  // Pixel row y [width_], from its columns_.
  std::vector<double> merge(std::int64_t y) const {
    std::vector<double> columns = merge_blocks(y);
    if (columns_ == width_) return columns;
    std::vector<double> row(static_cast<std::size_t>(width_), nothing());
    for (std::size_t x = 0, column = 0; x < row.size(); ++x) {
      for (; cuts_[column] < edges_[x + 1]; ++column) row[x] = combine(row[x], columns[column]);
    }
    return row;
  }

  void finish(std::int64_t y, const MapResult& result) {
    if (job_.stop.stop_requested()) return;
    const std::vector<double> merged = merge(y);
    std::vector<float> row(merged.begin(), merged.end());
    if (spec_.pool == Pool2d::max) kernel_.exp2(row);
    const RowCounter counter(head_, pixel_cells(y, height_, head_.n_q()), spec_.k0);
    std::vector<std::int64_t> counts(row.size());
    for (std::size_t x = 0; x < row.size(); ++x) {
      counts[x] = counter.count({edges_[x], edges_[x + 1]});
      if (counts[x] == 0) {
        row[x] = std::numeric_limits<float>::quiet_NaN();
      } else if (spec_.pool == Pool2d::mean) {
        row[x] = static_cast<float>(merged[x] / static_cast<double>(counts[x]));
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
  std::vector<std::int32_t> cuts_;
  std::int64_t columns_;
  Tensor pooled_;  // [height, columns], but for rows that blocks divide
  Tensor shares_;  // [blocks, 2, columns]: of the rows that begin before a block, and that end after it
};

}  // namespace

void map(CpuTarget target, const HeadView& head, const MapSpec& spec, const Weighting& weight, const MapResult& result,
         const Job& job) {
  MapCall(target, head, spec, weight, job).run(result);
}

}  // namespace attnscope::cpu
