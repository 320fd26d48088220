#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "attention/cpu/drivers.h"
#include "attention/cpu/pixels.h"
#include "attention/cpu/prepare.h"
#include "attention/cpu/sampled_map_kernel.h"

namespace attnscope::cpu {
namespace {

// Ends of pixel columns and of blocks of keys: where segments end. Blocks are kept apart since the maximum that a
// segment's sum refers to may move between them.
std::vector<std::int32_t> segment_edges(const std::vector<std::int32_t>& pixels, std::int64_t keys) {
  std::vector<std::int32_t> edges = pixels;
  for (std::int64_t k = block_rows; k < keys; k += block_rows) edges.push_back(static_cast<std::int32_t>(k));
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return edges;
}

// One call. The samples of all pixel rows, one after the other, are the lanes of the tiles. Rows and columns that would
// repeat cells are computed once and repeated by finish().
class SampledMapCall {
 public:
  SampledMapCall(CpuTarget target, const HeadView& head, const MapSpec& spec, std::int64_t samples, const Job& job)
      : kernel_(sampled_map_kernel(target)),
        head_(head.slice_queries(spec.q0, spec.q1 - spec.q0)),
        spec_(spec),
        job_(job),
        max_(spec.pool == Pool2d::max),
        height_(std::min(spec.h, head_.n_q())),
        width_(std::min(spec.w, head_.n_k())),
        edges_(pixel_edges(width_, head_.n_k())),
        segments_(segment_edges(edges_, head_.n_k())),
        keys_(StreamRows::of_keys(head_, {})),
        samples_(choose_samples(samples)),
        blocks_(static_cast<std::int64_t>(samples_.query.size()), kernel_.lanes, keys_.stream()),
        parts_(static_cast<std::int64_t>(blocks_.parts())),
        tiles_((static_cast<std::int64_t>(samples_.query.size()) + kernel_.lanes - 1) / kernel_.lanes),
        memory_(Tensor::allocate(DType::f32, tiles_, kernel_.lanes, 2 * parts_ + (max_ ? 1 : 2) * segment_count())) {}

  void run(const MapResult& result) {
    Job quiet = job_;
    quiet.progress = nullptr;
    job_.pool.run(static_cast<std::size_t>(tiles_), quiet, [&](std::size_t index, unsigned /*slot*/) {
      clear_segments(result_of(static_cast<std::int64_t>(index)));
    });
    Scratch scratch(job_.pool, kernel_.scratch_size(head_.k.cols), keys_.stream());
    job_.pool.run(blocks_.count() * blocks_.parts(), job_, [&](std::size_t index, unsigned slot) {
      sample(index / blocks_.parts(), index % blocks_.parts(), scratch.of(slot), scratch.widened(slot));
    });
    job_.pool.run(static_cast<std::size_t>(tiles_), quiet, [&](std::size_t index, unsigned /*slot*/) {
      kernel_.normalise(result_of(static_cast<std::int64_t>(index)), parts_, segment_count(), max_,
                        head_.score.sink_logit);
    });
    job_.pool.run(static_cast<std::size_t>(height_), quiet,
                  [&](std::size_t index, unsigned /*slot*/) { finish(static_cast<std::int64_t>(index), result); });
    job_.throw_if_stopped();
  }

 private:
  std::int64_t segment_count() const { return static_cast<std::int64_t>(segments_.size()) - 1; }

  SampledTile result_of(std::int64_t tile) {
    float* memory = memory_.mutable_f32() + tile * kernel_.lanes * memory_.cols();
    SampledTile result;
    result.part_negated_max = memory;
    result.part_sum = memory + parts_ * kernel_.lanes;
    result.segment = memory + 2 * parts_ * kernel_.lanes;
    if (!max_) result.segment_negated_max = result.segment + segment_count() * kernel_.lanes;
    return result;
  }

  void clear_segments(const SampledTile& result) const {
    const std::int64_t size = segment_count() * kernel_.lanes;
    const float nothing = max_ ? -std::numeric_limits<float>::infinity() : 0.0F;
    std::fill_n(result.segment, size, nothing);
    if (!max_) std::fill_n(result.segment_negated_max, size, 0.0F);
  }

  // No more samples than cells: each query at most once.
  struct Samples {
    std::vector<std::int64_t> query;  // of each lane
    std::vector<std::int64_t> first;  // lane of each pixel row, and the end of the last
  };
  Samples choose_samples(std::int64_t wanted) const {
    Samples samples;
    for (std::int64_t y = 0; y < height_; ++y) {
      samples.first.push_back(static_cast<std::int64_t>(samples.query.size()));
      const KeyRange cells = pixel_cells(y, height_, head_.n_q());
      const std::int64_t taken = std::min(wanted, cells.end - cells.begin);
      for (std::int64_t t = 0; t < taken; ++t) samples.query.push_back(sampled_query(cells, y, t, taken));
    }
    samples.first.push_back(static_cast<std::int64_t>(samples.query.size()));
    return samples;
  }

  void sample(std::size_t block, std::size_t part, float* scratch, float* widened) {
    const auto [first, count] = blocks_.from_the_start(block);
    std::array<Tile, tiles_at_once> tiles;
    std::array<SampledTile, tiles_at_once> results;
    SampledWork work;
    work.tiles = tile_work(keys_.stream(), blocks_.part(part), tiles, widened, job_);
    for (std::int64_t at = 0; at < count; at += kernel_.lanes) {
      const std::int64_t lanes = std::min<std::int64_t>(kernel_.lanes, count - at);
      const auto t = static_cast<std::size_t>(work.tiles.tile_count++);
      tiles[t] = query_tile(
          head_,
          std::span(samples_.query).subspan(static_cast<std::size_t>(first + at), static_cast<std::size_t>(lanes)), {});
      results[t] = result_of((first + at) / kernel_.lanes);
    }
    work.results = results;
    work.part = static_cast<std::int64_t>(part);
    work.max = max_;
    work.edges = segments_;
    kernel_.run(work, scratch);
  }

  // Pools the samples of pixel row y, and the segments of each column.
  void finish(std::int64_t y, const MapResult& result) {
    std::vector<float> row(static_cast<std::size_t>(width_));
    std::vector<double> pooled(row.size());  // of a column there may be many segments
    std::vector<std::int64_t> counts(row.size(), 0);
    const auto row_index = static_cast<std::size_t>(y);
    for (std::int64_t lane = samples_.first[row_index]; lane < samples_.first[row_index + 1]; ++lane) {
      const std::int64_t query = samples_.query[static_cast<std::size_t>(lane)];
      const RowCounter counter(head_, {query, query + 1});
      const float* segment = result_of(lane / kernel_.lanes).segment + lane % kernel_.lanes;
      std::size_t s = 0;
      for (std::size_t x = 0; x < row.size(); ++x) {
        for (; s + 1 < segments_.size() && segments_[s] < edges_[x + 1]; ++s, segment += kernel_.lanes)
          pooled[x] = max_ ? std::max<double>(pooled[x], *segment) : pooled[x] + *segment;
        counts[x] += counter.count({edges_[x], edges_[x + 1]});
      }
    }
    for (std::size_t x = 0; x < row.size(); ++x) {
      if (counts[x] == 0) {
        row[x] = std::numeric_limits<float>::quiet_NaN();
      } else {
        row[x] = static_cast<float>(max_ ? pooled[x] : pooled[x] / static_cast<double>(counts[x]));
      }
    }
    repeat_row(y, height_, row, counts, spec_, result);
  }

  SampledMapKernel kernel_;
  HeadView head_;
  const MapSpec& spec_;
  const Job& job_;
  bool max_;
  std::int64_t height_, width_;
  std::vector<std::int32_t> edges_, segments_;
  StreamRows keys_;
  Samples samples_;
  TileBlocks blocks_;
  std::int64_t parts_, tiles_;
  Tensor memory_;
};

}  // namespace

void sampled_map(CpuTarget target, const HeadView& head, const MapSpec& spec, std::int64_t samples,
                 const MapResult& result, const Job& job) {
  SampledMapCall(target, head, spec, samples, job).run(result);
}

}  // namespace attnscope::cpu
