// What may be asked about a layer, as plain values: a request is the key of its result. Queries and keys are places in
// the context, 0 <= i < n. P is exact everywhere but in an EstimateRequest.
#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "analysis/head_names.h"
#include "attention/ops.h"

namespace attnscope {

// One head of one layer; the layer by its id (capture/layer.h), so that results outlive nothing and mix nothing up.
struct HeadRef {
  std::uint64_t layer_id = 0;
  std::int64_t head = 0;
  friend bool operator==(const HeadRef&, const HeadRef&) = default;
};

// A row or a column of P; NaN where masked.
struct Weights {
  std::vector<float> p;  // [n]
};

// What a query attends to.
struct RowRequest {
  using Result = Weights;
  HeadRef head;
  std::int64_t query = 0;
  friend bool operator==(const RowRequest&, const RowRequest&) = default;
};

// Who attends to a key.
struct ColumnRequest {
  using Result = Weights;
  HeadRef head;
  std::int64_t key = 0;
  friend bool operator==(const ColumnRequest&, const ColumnRequest&) = default;
};

// Weights as pixels, row-major [height, width]; NaN where no cell of the pixel is visible.
struct WeightImage {
  std::int64_t width = 0;
  std::int64_t height = 0;
  std::vector<float> pixels;
};

// A tile of the window, anchored at cell (0, 0): pixel (r, c) pools the cells of queries [(256 y + r) 2^level, +
// 2^level) and keys [(256 x + c) 2^level, + 2^level), as far as there are such cells. At the edge the image is smaller
// than 256 x 256. A tile that holds no cell is an error of the caller.
struct TileRequest {
  using Result = WeightImage;
  static constexpr std::int64_t side = 256;
  HeadRef head;
  Pool2d pool = Pool2d::max;
  std::int64_t level = 0;
  std::int64_t y = 0;
  std::int64_t x = 0;
  friend bool operator==(const TileRequest&, const TileRequest&) = default;
};

// All of P as min(side, n) x min(side, n) pixels, partitioned as MapSpec says.
struct ThumbnailRequest {
  using Result = WeightImage;
  HeadRef head;
  Pool2d pool = Pool2d::max;
  std::int64_t side = 32;
  friend bool operator==(const ThumbnailRequest&, const ThumbnailRequest&) = default;
};

// The same from one query a pixel row (sampled_map): a first picture of long texts, always labelled an estimate.
struct EstimateRequest {
  using Result = WeightImage;
  HeadRef head;
  Pool2d pool = Pool2d::max;
  std::int64_t side = 256;
  friend bool operator==(const EstimateRequest&, const EstimateRequest&) = default;
};

// The strongest keys of every query, for the arcs of the whole text. Not every query where there are too many: every
// `stride`-th one then, so that queries * k <= 100,000.
struct Links {
  std::int64_t k = 0;
  std::int64_t stride = 1;
  std::vector<std::int32_t> keys;  // [ceil(n / stride), k], -1 where there are fewer
  std::vector<float> weights;      // the same, descending in a row
};
struct LinksRequest {
  using Result = Links;
  HeadRef head;
  std::int64_t k = 8;
  friend bool operator==(const LinksRequest&, const LinksRequest&) = default;
};

// What a head does, row by row and, as the means that it is named by, on the whole.
struct Profile : HeadMeans {
  std::vector<float> entropy;  // [n] nats, see RowStats
  std::vector<float> mass;     // [n] column mass: what the whole text attends to
};
struct ProfileRequest {
  using Result = Profile;
  HeadRef head;
  friend bool operator==(const ProfileRequest&, const ProfileRequest&) = default;
};

// One weight taken apart, the model's own numbers.
struct Pair {
  std::vector<float> query, key, product;  // [head_dim]; product[c] = query[c] * key[c], unscaled
  std::vector<float> value;                // [value_dim] of the key
  std::vector<float> output;               // [value_dim] of the query: the sum of all weighted values
  double dot = 0;                          // sum of product
  double score = 0;                        // after scale, cap and slope
  double lse = 0;
  double weight = 0;  // exp(score - lse)
  bool visible = false;
  std::int64_t seen = 0;  // keys that the query sees
  std::int64_t rank = 0;  // 1: the largest weight of its row; equal ones share the better rank; 0 if not visible
};
struct PairRequest {
  using Result = Pair;
  HeadRef head;
  std::int64_t query = 0;
  std::int64_t key = 0;
  friend bool operator==(const PairRequest&, const PairRequest&) = default;
};

// The weight of one pair in every head of a layer.
struct PairInHeads {
  std::vector<float> p;  // [heads], NaN where masked
};
struct PairInHeadsRequest {
  using Result = PairInHeads;
  std::uint64_t layer_id = 0;
  std::int64_t query = 0;
  std::int64_t key = 0;
  friend bool operator==(const PairInHeadsRequest&, const PairInHeadsRequest&) = default;
};

using Request = std::variant<RowRequest, ColumnRequest, TileRequest, ThumbnailRequest, EstimateRequest, LinksRequest,
                             ProfileRequest, PairRequest, PairInHeadsRequest>;

}  // namespace attnscope
