// map and sampled_map: which cells lie under which pixel is settled here, the cells are pooled on the device.
#include <algorithm>

#include "attention/cuda/drivers.h"
#include "attention/cuda/upload.h"

namespace attnscope::cuda {
namespace {

constexpr std::int64_t block_cells = 256;  // a block covers about as many cells on each side

// As many pixels as cells at most: more would repeat them.
std::int64_t distinct(std::int64_t pixels, std::int64_t cells) { return std::min(pixels, cells); }

int pixels_of_block(std::int64_t pixels, std::int64_t cells, int most) {
  const auto wanted = std::max<std::int64_t>(1, block_cells * pixels / std::max<std::int64_t>(1, cells));
  return static_cast<int>(std::min<std::int64_t>({wanted, most, pixels}));
}

std::vector<int> edges(std::int64_t pixels, std::int64_t first, std::int64_t cells) {
  std::vector<int> all;
  for (std::int64_t x = 0; x <= pixels; ++x) all.push_back(static_cast<int>(first + x * cells / pixels));
  return all;
}

// The queries that a map takes, and the entries under each pixel row.
struct MapRows {
  kernels::RowList queries;
  std::vector<int> edges;
};

void run_map(Stream& stream, const HeadView& head, const MapSpec& spec, const MapRows& rows,
             kernels::MapParameters parameters, const MapResult& result, const Job& job) {
  const std::int64_t height = std::ssize(rows.edges) - 1;
  const std::int64_t width = distinct(spec.w, spec.k1 - spec.k0);
  const auto pixels = static_cast<std::size_t>(height * width);
  parameters.queries = rows.queries;
  parameters.row_edges = stream.upload_array(rows.edges);
  parameters.column_edges = stream.upload_array(edges(width, spec.k0, spec.k1 - spec.k0));
  parameters.height = static_cast<int>(height);
  parameters.width = static_cast<int>(width);
  parameters.block_height = pixels_of_block(height, rows.queries.count, kernels::map_most_rows);
  parameters.block_width = pixels_of_block(width, spec.k1 - spec.k0, kernels::map_most_columns);
  parameters.max = spec.pool == Pool2d::max;
  parameters.image = stream.allocate_array<float>(pixels);
  parameters.visible = stream.allocate_array<std::int64_t>(pixels);
  const double down = static_cast<double>(rows.queries.count) / static_cast<double>(height) * parameters.block_height;
  const double across = static_cast<double>(spec.k1 - spec.k0) / static_cast<double>(width) * parameters.block_width;
  stream.launch({kernels::KernelId::map, head.q.dtype}, parameters, kernels::map_blocks(parameters),
                sizeof(kernels::MapShared),
                (down / kernels::tile_side + 1) * (across / kernels::tile_side + 1) * tile_work(head), job);
  std::vector<float> image(pixels);
  std::vector<std::int64_t> visible(pixels);
  stream.download(image.data(), parameters.image, pixels * sizeof(float));
  stream.download(visible.data(), parameters.visible, pixels * sizeof(std::int64_t));
  for (std::int64_t y = 0; y < spec.h; ++y) {
    for (std::int64_t x = 0; x < spec.w; ++x) {
      const auto from = static_cast<std::size_t>(y * height / spec.h * width + x * width / spec.w);
      const auto to = static_cast<std::size_t>(y * spec.w + x);
      result.image[to] = image[from];
      if (!result.visible.empty()) result.visible[to] = visible[from];
    }
  }
}

}  // namespace

void map(Stream& stream, const HeadView& head, const MapSpec& spec, const Weighting& weight, const MapResult& result,
         const Job& job) {
  const std::int64_t queries = spec.q1 - spec.q0;
  const MapRows rows{{nullptr, static_cast<int>(spec.q0), static_cast<int>(queries)},
                     edges(distinct(spec.h, queries), 0, queries)};
  kernels::MapParameters parameters{};
  parameters.head = HeadUploader(stream).upload(head);
  const WeightingThere weights = upload_weighting(stream, weight);
  parameters.a = weights.a;
  parameters.a_factor = 1;
  parameters.b = weights.b;
  run_map(stream, head, spec, rows, parameters, result, job);
}

// First lse of the sampled queries alone, then a map of them.
void sampled_map(Stream& stream, const HeadView& head, const MapSpec& spec, std::int64_t samples,
                 const MapResult& result, const Job& job) {
  const std::int64_t height = distinct(spec.h, spec.q1 - spec.q0);
  std::vector<std::int64_t> sampled;
  MapRows rows{{}, {0}};
  for (std::int64_t y = 0; y < height; ++y) {
    const KeyRange cells = pixel_cells(y, height, spec.q1 - spec.q0);
    const KeyRange queries{spec.q0 + cells.begin, spec.q0 + cells.end};
    const std::int64_t taken = std::min(samples, queries.end - queries.begin);
    for (std::int64_t t = 0; t < taken; ++t) sampled.push_back(sampled_query(queries, y, t, taken));
    rows.edges.push_back(static_cast<int>(sampled.size()));
  }
  rows.queries = upload_list(stream, sampled);
  kernels::MapParameters parameters{};
  parameters.head = HeadUploader(stream).upload(head);
  auto* lse = stream.allocate_array<float>(sampled.size());
  std::vector<kernels::ForwardBlock> blocks;
  for (int q = 0; q < rows.queries.count; q += kernels::tile_side) blocks.push_back({0, q});
  const kernels::ForwardHead whole{parameters.head, rows.queries, nullptr, lse};
  const kernels::ForwardParameters forward{stream.upload_array(&whole, 1), stream.upload_array(blocks)};
  const double tiles = static_cast<double>(head.n_k()) / kernels::tile_side + 1;
  stream.launch({kernels::KernelId::forward_float, head.q.dtype}, forward, static_cast<int>(blocks.size()),
                sizeof(kernels::ForwardShared<1>), tiles * tile_work(head), job);
  parameters.a = lse;
  parameters.a_factor = -1;
  run_map(stream, head, spec, rows, parameters, result, job);
}

}  // namespace attnscope::cuda
