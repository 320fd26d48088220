#include "attention/cuda/upload.h"

#include <limits>

namespace attnscope::cuda {
namespace {

int padded(std::int64_t width) { return static_cast<int>((width + 15) / 16 * 16); }

}  // namespace

const void* HeadUploader::matrix(const MatrixView& view, int width) {
  const auto [place, is_new] = uploaded_.try_emplace({view.data, view.rows, view.cols, view.stride}, nullptr);
  if (!is_new) return place->second;
  const std::size_t number = size_of(view.dtype);
  const auto rows = static_cast<std::size_t>(view.rows);
  const std::size_t pitch = static_cast<std::size_t>(width) * number;
  auto* there = stream_.allocate_array<std::byte>(rows * pitch);
  const Rows<const std::byte> here{static_cast<const std::byte*>(view.data),
                                   static_cast<std::size_t>(view.stride) * number};
  if (rows > 0) stream_.upload_rows({there, pitch}, here, static_cast<std::size_t>(view.cols) * number, rows);
  place->second = there;
  return there;
}

// All of the layer's rows are copied, whichever queries are asked about: the next question is about others.
const void* HeadUploader::layer_matrix(const HeadView& head, LayerPart part, const MatrixView& view, int width) {
  const LayerPlace& place = head.place;
  if (place.layer == 0 || view.rows == 0) return matrix(view, width);
  MatrixView whole = view;
  std::size_t skipped = 0;  // bytes of the copy
  const std::size_t number = size_of(view.dtype);
  const std::size_t pitch = static_cast<std::size_t>(width) * number;
  if (part == LayerPart::q) {
    const auto first = static_cast<std::size_t>(place.first_query);
    whole.data = static_cast<const std::byte*>(view.data) - first * static_cast<std::size_t>(view.stride) * number;
    whole.rows = place.queries;
    skipped = first * pitch;
  }
  const std::int64_t owner = part == LayerPart::q ? place.head : place.kv_head;
  const void* copy = stream_.layer_copy({place.layer, part, owner, pitch}, whole);
  return copy == nullptr ? matrix(view, width) : static_cast<const std::byte*>(copy) + skipped;
}

const std::uint64_t* HeadUploader::bitmap(const HeadView& head) {
  const BlockBitmap& bitmap = head.mask.bitmap;
  if (bitmap.bits == nullptr || head.n_q() == 0) return nullptr;
  const std::int64_t last_row = (head.n_q() - 1 + head.mask.offset) / bitmap.block;
  const auto words = static_cast<std::size_t>((last_row + 1) * bitmap.stride);
  const auto [place, is_new] = uploaded_.try_emplace({bitmap.bits, last_row, bitmap.block, bitmap.stride}, nullptr);
  if (is_new) place->second = stream_.upload_array(bitmap.bits, words);
  return static_cast<const std::uint64_t*>(place->second);
}

kernels::Head HeadUploader::upload(const HeadView& head) {
  constexpr float none = -std::numeric_limits<float>::infinity();
  kernels::Head there{};
  there.n_q = static_cast<int>(head.n_q());
  there.n_k = static_cast<int>(head.n_k());
  there.width = padded(head.q.cols);
  there.value_width = padded(head.v.cols);
  there.value_dim = static_cast<int>(head.v.cols);
  there.q = layer_matrix(head, LayerPart::q, head.q, there.width);
  there.k = layer_matrix(head, LayerPart::k, head.k, there.width);
  there.v = layer_matrix(head, LayerPart::v, head.v, there.value_width);
  there.scale = head.score.scale;
  there.cap = head.score.cap.value_or(0.0F);
  there.slope = head.score.slope;
  there.sink_logit = head.score.sink_logit.value_or(none);
  there.mask = head.mask;
  there.mask.bitmap.bits = bitmap(head);
  return there;
}

kernels::RowList upload_list(Stream& stream, std::span<const std::int64_t> rows) {
  const std::vector<int> list(rows.begin(), rows.end());
  return {stream.upload_array(list), 0, static_cast<int>(list.size())};
}

WeightingThere upload_weighting(Stream& stream, const Weighting& weighting) {
  return {upload_floats(stream, weighting.a), upload_floats(stream, weighting.b)};
}

const float* upload_floats(Stream& stream, std::span<const float> values) {
  return values.empty() ? nullptr : stream.upload_array(values.data(), values.size());
}

double tile_work(const HeadView& head) {
  constexpr double cells = kernels::tile_side * kernels::tile_side;
  return cells * static_cast<double>(head.q.cols + 16);  // as if exp and the mask cost 16 dimensions
}

}  // namespace attnscope::cuda
