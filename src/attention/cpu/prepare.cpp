#include "attention/cpu/prepare.h"

#include <algorithm>
#include <functional>
#include <limits>

namespace attnscope::cpu {
namespace {

std::int32_t narrow(std::int64_t value) { return static_cast<std::int32_t>(value); }

// Fills the lanes that no row takes and sums up what the tile sees.
void complete(Tile& tile, int count) {
  tile.count = count;
  for (int lane = count; lane < max_lanes; ++lane) {
    tile.begin[lane] = tile.begin[count - 1];
    tile.end[lane] = tile.end[count - 1];
    tile.sink_end[lane] = tile.sink_end[count - 1];
    tile.position[lane] = tile.position[count - 1];
    tile.start[lane] = tile.start[count - 1];
    tile.source[lane] = tile.source[count - 1];
  }
  const auto [least_begin, most_begin] = std::minmax_element(tile.begin, tile.begin + count);
  const auto [least_end, most_end] = std::minmax_element(tile.end, tile.end + count);
  const auto [least_sink, most_sink] = std::minmax_element(tile.sink_end, tile.sink_end + count);
  tile.least_begin = *least_begin;
  tile.most_begin = *most_begin;
  tile.least_end = *least_end;
  tile.most_end = *most_end;
  tile.least_sink_end = *least_sink;
  tile.most_sink_end = *most_sink;
  for (int lane = 0; lane < max_lanes && tile.bitmap.bits != nullptr; ++lane)
    tile.block[lane] = narrow(tile.position[lane] / tile.bitmap.block);
}

Tile empty_tile(const HeadView& head, std::int64_t origin, bool lanes_are_keys) {
  Tile tile;
  tile.dtype = head.q.dtype;
  tile.origin = narrow(origin);
  tile.bitmap = head.mask.bitmap;
  tile.lanes_are_keys = lanes_are_keys;
  return tile;
}

ScoreForm form_of(const Score& score) {
  ScoreForm form;
  form.factor = static_cast<float>(score.cap ? static_cast<double>(score.scale) / *score.cap : score.scale * log2_e);
  if (score.cap) form.cap = static_cast<float>(*score.cap * log2_e);
  form.slope = static_cast<float>(score.slope * log2_e);
  return form;
}

void set_query(Tile& tile, int lane, const HeadView& head, std::int64_t query, float a) {
  const Mask& mask = head.mask;
  const KeyRange range = mask.visible_range(query, head.n_k());
  tile.begin[lane] = narrow(range.begin);
  tile.end[lane] = narrow(range.end);
  std::int64_t sinks = mask.windowed() ? std::min(mask.sinks, valid_keys(head)) : 0;
  if (mask.causal) sinks = std::min(sinks, query + mask.offset + 1);
  tile.sink_end[lane] = narrow(std::max<std::int64_t>(sinks, 0));
  tile.position[lane] = narrow(query + mask.offset) + tile.origin;
  tile.start[lane] = log2_bias(a);
  tile.source[lane] = head.q.row(query);
}

// The queries that see key j lie in one range: its window, or all that causality allows for a sink.
void set_key(Tile& tile, int lane, const HeadView& head, std::int64_t j, float b) {
  const Mask& mask = head.mask;
  const bool sink = j < mask.sinks;
  std::int64_t begin = mask.causal ? j - mask.offset : 0;
  std::int64_t end = head.n_q();
  if (mask.right < Mask::unlimited && !sink) begin = std::max(begin, j - mask.right + 1 - mask.offset);
  if (mask.left < Mask::unlimited && !sink) end = std::min(end, j + mask.left - mask.offset);
  begin = std::clamp<std::int64_t>(begin, 0, head.n_q());
  end = j < mask.n_valid ? std::max(begin, end) : begin;
  tile.begin[lane] = narrow(begin);
  tile.end[lane] = narrow(end);
  tile.sink_end[lane] = 0;
  tile.position[lane] = narrow(j);
  tile.start[lane] = log2_bias(b);
  tile.source[lane] = head.k.row(j);
}

}  // namespace

Scratch::Scratch(const Pool& pool, std::size_t floats, const Stream& stream)
    : floats_(static_cast<std::int64_t>((floats + 15) / 16 * 16)),
      memory_(
          Tensor::allocate(DType::f32, 1, pool.threads(),
                           floats_ + static_cast<std::int64_t>((stream.widened_size(stream.depth) + 15) / 16 * 16))) {}

StreamRows::StreamRows(const MatrixView& matrix, std::int64_t rows, std::span<const float> bias,
                       const ScoreForm& form) {
  stream_.dtype = matrix.dtype;
  stream_.stride = matrix.stride;
  stream_.rows = rows;
  stream_.depth = matrix.cols;
  stream_.form = form;
  if (matrix.dtype == DType::f32) {
    stream_.data = static_cast<const float*>(matrix.data);
    const std::int64_t tail = rows % max_rows;
    tail_.resize(static_cast<std::size_t>(max_rows * matrix.cols));
    for (std::int64_t r = 0; r < tail; ++r)
      std::copy_n(matrix.row_f32(rows - tail + r), matrix.cols, tail_.begin() + r * matrix.cols);
    stream_.tail = tail_.data();
  } else {
    stream_.halves = matrix.data;
  }
  if (bias.empty()) return;
  bias_.resize(static_cast<std::size_t>(rows + max_rows));
  std::transform(bias.begin(), bias.begin() + rows, bias_.begin(), log2_bias);
  stream_.bias = bias_.data();
}

StreamRows StreamRows::of_keys(const HeadView& head, std::span<const float> bias) {
  return {head.k, valid_keys(head), bias, form_of(head.score)};
}

StreamRows StreamRows::of_queries(const HeadView& head, std::span<const float> bias) {
  ScoreForm form = form_of(head.score);
  form.slope = -form.slope;  // keys are the lanes: j - p is position of the lane - position of the row
  return {head.q, head.n_q(), bias, form};
}

TileBlocks::TileBlocks(std::int64_t total_lanes, int tile_lanes, const Stream& stream)
    : total_(total_lanes), block_(tiles_at_once * tile_lanes), rows_(stream.rows) {
  constexpr std::int64_t budget = 5120 * (64 + work_of_a_weight);
  part_ = std::max<std::int64_t>(1, budget / (stream.depth + work_of_a_weight) / block_rows) * block_rows;
}

void TileBlocks::run_part_by_part(
    const Job& job, const std::function<void(std::size_t part, std::size_t block, unsigned slot)>& task) const {
  Job quiet = job;  // the tasks of all parts are announced at once, so that the share done never falls
  quiet.progress = nullptr;
  if (job.progress != nullptr) job.progress->expect(parts() * count());
  for (std::size_t part = 0; part < parts(); ++part) {
    job.pool.run(count(), quiet, [&](std::size_t block, unsigned slot) {
      task(part, block, slot);
      if (job.progress != nullptr) job.progress->finish(1);
    });
  }
}

TileWork tile_work(const Stream& stream, KeyRange part, std::span<const Tile> tiles, float* widened, const Job& job) {
  return {tiles.data(), 0, stream, part, widened, job.stop};
}

std::vector<float> negated(std::span<const float> values) {
  std::vector<float> result(values.size());
  std::transform(values.begin(), values.end(), result.begin(), std::negate<>());
  return result;
}

std::int64_t valid_keys(const HeadView& head) { return std::clamp<std::int64_t>(head.mask.n_valid, 0, head.n_k()); }

float log2_bias(float nats) {
  if (nats == std::numeric_limits<float>::infinity()) return -nats;
  return static_cast<float>(nats * log2_e);
}

Tile query_tile(const HeadView& head, std::int64_t first, int count, std::span<const float> a, std::int64_t first_key) {
  Tile tile = empty_tile(head, first_key, false);
  for (int lane = 0; lane < count; ++lane)
    set_query(tile, lane, head, first + lane, a.empty() ? 0 : a[static_cast<std::size_t>(lane)]);
  complete(tile, count);
  return tile;
}

Tile query_tile(const HeadView& head, std::span<const std::int64_t> queries, std::span<const float> a) {
  Tile tile = empty_tile(head, 0, false);
  for (std::size_t lane = 0; lane < queries.size(); ++lane)
    set_query(tile, static_cast<int>(lane), head, queries[lane], a.empty() ? 0 : a[lane]);
  complete(tile, static_cast<int>(queries.size()));
  return tile;
}

Tile key_tile(const HeadView& head, std::span<const std::int64_t> keys, std::span<const float> b) {
  Tile tile = empty_tile(head, head.mask.offset, true);
  for (std::size_t lane = 0; lane < keys.size(); ++lane)
    set_key(tile, static_cast<int>(lane), head, keys[lane], b.empty() ? 0 : b[lane]);
  complete(tile, static_cast<int>(keys.size()));
  return tile;
}

}  // namespace attnscope::cpu
