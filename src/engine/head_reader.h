// Exact numbers about one head of a layer, by the ops of a backend. The log-sum-exps come from the layer where it has
// them, else they are computed for just the queries that a question is about.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "capture/layer.h"
#include "engine/lse_cache.h"
#include "engine/op_runner.h"

namespace attnscope {

struct TopKeys {
  std::vector<std::int32_t> keys;  // [queries, k], -1 where there are fewer visible keys
  std::vector<float> weights;      // [queries, k]
};

// Each [n]; see RowStats.
struct HeadStats {
  std::vector<float> entropy, distance, self, previous, first, largest;
  std::vector<std::int32_t> largest_key;
};

// Queries and keys are places in the context. Every call throws as ops do.
class HeadReader {
 public:
  // `runner` must outlive the reader, and so must `cache` where there is one: it keeps what the layer lacks.
  HeadReader(OpRunner& runner, std::shared_ptr<const Layer> layer, std::int64_t head, LseCache* cache = nullptr);

  std::int64_t tokens() const { return view_.n_q(); }
  const HeadView& view() const { return view_; }

  std::vector<float> lse();                                          // [n]
  std::vector<float> lse_of(std::span<const std::int64_t> queries);  // [queries]
  std::vector<float> rows(std::span<const std::int64_t> queries);    // [queries, n], NaN where masked
  std::vector<float> columns(std::span<const std::int64_t> keys);    // [n, keys], NaN where masked
  TopKeys top(std::span<const std::int64_t> queries, std::int64_t k);
  // [h, w], NaN where nothing is visible; costs nothing where that is so for the whole rectangle.
  std::vector<float> map(const MapSpec& spec);
  // The same for all keys, estimated from `samples` queries a pixel row.
  std::vector<float> sampled_map(const MapSpec& spec, std::int64_t samples);
  HeadStats stats();
  std::vector<float> mass();                      // [n]
  std::vector<float> output(std::int64_t query);  // [value_dim], the sum of all weighted values

 private:
  std::vector<float> lse_of_range(std::int64_t begin, std::int64_t count);

  OpRunner& runner_;
  std::shared_ptr<const Layer> layer_;
  std::int64_t head_;
  HeadView view_;
  LseCache* cache_;
};

}  // namespace attnscope
