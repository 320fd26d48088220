// Exact numbers about one head of a layer, by the ops of a backend. The log-sum-exps come from the layer where it has
// them, else they are computed for just the queries that a question is about.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "app/context.h"
#include "attention/ops.h"
#include "capture/layer.h"

namespace attnscope {

// A backend, and the reference for what it cannot do.
class Engine {
 public:
  Engine(Context& context, Backend& backend) : context_(context), backend_(backend) {}

  // The backend, or the reference with a message that says why.
  Backend& able(Op op, const HeadView& head);
  Job job() { return context_.job(); }

 private:
  Context& context_;
  Backend& backend_;
  std::unique_ptr<Backend> reference_;
};

struct TopKeys {
  std::vector<std::int32_t> keys;  // [queries, k], -1 where there are fewer visible keys
  std::vector<float> weights;      // [queries, k]
};

// Each [n]; see RowStats.
struct HeadStats {
  std::vector<float> entropy, distance, self, previous, first, largest;
  std::vector<std::int32_t> largest_key;
};

// Queries and keys are places in the context. Every call throws Stopped when the command is interrupted.
class HeadReader {
 public:
  HeadReader(Engine& engine, std::shared_ptr<const Layer> layer, std::int64_t head);

  std::int64_t tokens() const { return view_.n_q(); }

  std::vector<float> lse();                                        // [n]
  std::vector<float> rows(std::span<const std::int64_t> queries);  // [queries, n], NaN where masked
  std::vector<float> columns(std::span<const std::int64_t> keys);  // [n, keys], NaN where masked
  TopKeys top(std::span<const std::int64_t> queries, std::int64_t k);
  std::vector<float> map(const MapSpec& spec);  // [h, w], NaN where nothing is visible
  HeadStats stats();
  std::vector<float> mass();  // [n]

 private:
  std::vector<float> lse_of_range(std::int64_t begin, std::int64_t count);
  std::vector<float> lse_of(std::span<const std::int64_t> queries);

  Engine& engine_;
  std::shared_ptr<const Layer> layer_;
  std::int64_t head_;
  HeadView view_;
};

}  // namespace attnscope
