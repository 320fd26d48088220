// Heads, lists and biases in the device's memory.
#pragma once
#include <map>
#include <span>
#include <tuple>

#include "attention/cuda/stream.h"
#include "attention/ops.h"

namespace attnscope::cuda {

// Heads on the device: what is of a layer is found among the copies of layers or made there, the rest is copied to the
// stream's memory, each matrix and bitmap once however many heads share it.
class HeadUploader {
 public:
  explicit HeadUploader(Stream& stream) : stream_(stream) {}
  kernels::Head upload(const HeadView& head);

 private:
  const void* matrix(const MatrixView& view, int width);
  const void* layer_matrix(const HeadView& head, LayerPart part, const MatrixView& view, int width);
  const std::uint64_t* bitmap(const HeadView& head);

  Stream& stream_;
  std::map<std::tuple<const void*, std::int64_t, std::int64_t, std::int64_t>, const void*> uploaded_;
};

// Chosen queries or keys.
kernels::RowList upload_list(Stream& stream, std::span<const std::int64_t> rows);

// A Weighting's numbers; null where there are none.
struct WeightingThere {
  const float* a;
  const float* b;
};
WeightingThere upload_weighting(Stream& stream, const Weighting& weighting);

// Null where there are none.
const float* upload_floats(Stream& stream, std::span<const float> values);

// Multiplications and additions of a tile of scores.
double tile_work(const HeadView& head);

}  // namespace attnscope::cuda
