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
}

void set_query(Tile& tile, int lane, const HeadView& head, std::int64_t query, float a) {
  const Mask& mask = head.mask;
  const KeyRange range = mask.visible_range(query, head.n_k());
  tile.begin[lane] = narrow(range.begin);
  tile.end[lane] = narrow(range.end);
  std::int64_t sinks = mask.windowed() ? std::min(mask.sinks, valid_keys(head)) : 0;
  if (mask.causal) sinks = std::min(sinks, query + mask.offset + 1);
  tile.sink_end[lane] = narrow(std::max<std::int64_t>(sinks, 0));
  tile.start[lane] = log2_bias(a);
  tile.source[lane] = head.q.row_f32(query);
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
  tile.start[lane] = log2_bias(b);
  tile.source[lane] = head.k.row_f32(j);
}

}  // namespace

Scratch::Scratch(const Pool& pool, std::size_t floats)
    : memory_(Tensor::allocate(DType::f32, 1, pool.threads(), static_cast<std::int64_t>((floats + 15) / 16 * 16))) {}

StreamRows::StreamRows(const MatrixView& matrix, std::int64_t rows, std::span<const float> bias) {
  stream_ = {static_cast<const float*>(matrix.data), matrix.stride, rows, matrix.cols, nullptr, nullptr};
  const std::int64_t tail = rows % max_rows;
  tail_.resize(static_cast<std::size_t>(max_rows * matrix.cols));
  for (std::int64_t r = 0; r < tail; ++r)
    std::copy_n(matrix.row_f32(rows - tail + r), matrix.cols, tail_.begin() + r * matrix.cols);
  stream_.tail = tail_.data();
  if (bias.empty()) return;
  bias_.resize(static_cast<std::size_t>(rows + max_rows));
  std::transform(bias.begin(), bias.begin() + rows, bias_.begin(), log2_bias);
  stream_.bias = bias_.data();
}

TileBlocks::TileBlocks(std::int64_t total_lanes, int tile_lanes, const Stream& stream) : total_(total_lanes) {
  constexpr std::int64_t budget = tiles_at_once * 32768 * 64;
  const std::int64_t cost = std::max<std::int64_t>(1, stream.rows * stream.depth);
  block_ = std::clamp<std::int64_t>(budget / cost, 1, tiles_at_once) * tile_lanes;
}

TileWork tile_work(const Stream& stream, const Score& score, std::span<const Tile> tiles, const Job& job) {
  return {tiles.data(), 0, stream, static_cast<float>(score.scale * log2_e), {0, stream.rows}, job.stop};
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

Tile query_tile(const HeadView& head, std::int64_t first, int count, std::span<const float> a) {
  Tile tile;
  for (int lane = 0; lane < count; ++lane)
    set_query(tile, lane, head, first + lane, a.empty() ? 0 : a[static_cast<std::size_t>(lane)]);
  complete(tile, count);
  return tile;
}

Tile query_tile(const HeadView& head, std::span<const std::int64_t> queries, std::span<const float> a) {
  Tile tile;
  for (std::size_t lane = 0; lane < queries.size(); ++lane)
    set_query(tile, static_cast<int>(lane), head, queries[lane], a.empty() ? 0 : a[lane]);
  complete(tile, static_cast<int>(queries.size()));
  return tile;
}

Tile key_tile(const HeadView& head, std::span<const std::int64_t> keys, std::span<const float> b) {
  Tile tile;
  for (std::size_t lane = 0; lane < keys.size(); ++lane)
    set_key(tile, static_cast<int>(lane), head, keys[lane], b.empty() ? 0 : b[lane]);
  complete(tile, static_cast<int>(keys.size()));
  return tile;
}

}  // namespace attnscope::cpu
