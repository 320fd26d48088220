// The ops behind the map and the statistics as tasks to measure, on one head of noise.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "attention/ops.h"
#include "attention_bench/bench_case.h"
#include "attention_bench/measure.h"

namespace attnscope::bench {

struct MapShape {
  std::int64_t n = 16384;
  std::int64_t head_dim = 64;
  std::string mask = "full";
  DType dtype = DType::f32;
  std::int64_t height = 1024, width = 1024;  // of the images
  std::int64_t samples = 1;                  // queries a pixel row of sampled_map
  std::int64_t k = 8;                        // of top_k
};

// Names of the ops, in the order that map_tasks() gives them.
const std::vector<std::string>& map_ops();

// What the ops read and write. lse is given to those that need it, as the window has it from the model's run.
class MapCase {
 public:
  // Computes lse with `backend`, which must outlive this.
  MapCase(const MapShape& shape, Backend& backend, const Job& job);

  // The tasks of `ops` (of map_ops()); they refer to this case. Operations are counted as one product of 2 d a cell.
  std::vector<Task> tasks(const std::vector<std::string>& ops, const std::string& contender);

 private:
  Task map_task(Pool2d pool);
  Task sampled_task();
  Task top_task();
  Task stats_task();
  Task mass_task();
  // For one query: P of all keys, by the reference.
  std::vector<float> true_row(std::int64_t query) const;
  // Errors of `image` in some of its rows, whose cells are those of `queries(pixel row)`.
  Check check_image(Pool2d pool, const std::function<std::vector<std::int64_t>(std::int64_t)>& queries) const;
  // No answer of another task can pass for one's own.
  void forget_results();
  double cells_of(const std::vector<std::int64_t>& queries) const;
  MapSpec spec(Pool2d pool) const;
  std::vector<std::int64_t> sampled_queries(std::int64_t row) const;
  const HeadView& head() const { return case_.heads().front(); }

  MapShape shape_;
  Backend& backend_;
  BenchCase case_;
  std::unique_ptr<Backend> reference_;
  double bound_ = 1;  // relative error that P may have
  std::vector<float> lse_, minus_lse_, image_, values_, mass_;
  std::vector<std::int32_t> keys_;
  std::vector<std::int64_t> queries_;
  std::vector<float> entropy_, distance_, self_, previous_, first_, largest_;
  std::vector<std::int32_t> largest_key_;
};

}  // namespace attnscope::bench
