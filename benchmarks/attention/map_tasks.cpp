#include "attention_bench/map_tasks.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "attention/error_bounds.h"
#include "attention/select.h"
#include "attention_bench/check.h"
#include "attention_bench/contender.h"

namespace attnscope::bench {
namespace {

constexpr std::int64_t checked_pixel_rows = 3;
constexpr std::int64_t checked_rows = 16;
constexpr std::int64_t checked_keys = 4;
constexpr float nothing = std::numeric_limits<float>::quiet_NaN();

std::vector<float> unknown(std::int64_t count) {
  std::vector<float> values(static_cast<std::size_t>(count), nothing);
  return values;
}

double relative(double got, double truth) { return truth == 0 ? std::abs(got) : std::abs(got - truth) / truth; }

}  // namespace

const std::vector<std::string>& map_ops() {
  static const std::vector<std::string> names{"map_mean", "map_max",   "sampled_map",
                                              "top_k",    "row_stats", "column_mass"};
  return names;
}

MapCase::MapCase(const MapShape& shape, Backend& backend, const Job& job)
    : shape_(shape),
      backend_(backend),
      case_({1, 1, shape.n, shape.head_dim, shape.mask, shape.dtype}),
      reference_(make_reference_backend()),
      bound_(1e-6 * (1 + score_bound(case_.heads().front()))),
      lse_(unknown(shape.n)),
      image_(unknown(shape.height * shape.width)),
      values_(unknown(shape.n * shape.k)),
      mass_(unknown(shape.n)),
      keys_(static_cast<std::size_t>(shape.n * shape.k)),
      queries_(static_cast<std::size_t>(shape.n)),
      entropy_(unknown(shape.n)),
      distance_(unknown(shape.n)),
      self_(unknown(shape.n)),
      previous_(unknown(shape.n)),
      first_(unknown(shape.n)),
      largest_(unknown(shape.n)),
      largest_key_(static_cast<std::size_t>(shape.n)) {
  std::iota(queries_.begin(), queries_.end(), std::int64_t{0});
  const ForwardResult result{nullptr, 0, lse_.data()};
  backend.forward({&head(), 1}, {&result, 1}, job);
  for (const float lse : lse_) minus_lse_.push_back(-lse);
}

void MapCase::forget_results() {
  for (std::vector<float>* one :
       {&image_, &values_, &mass_, &entropy_, &distance_, &self_, &previous_, &first_, &largest_})
    std::fill(one->begin(), one->end(), nothing);
}

MapSpec MapCase::spec(Pool2d pool) const { return {0, shape_.n, 0, shape_.n, shape_.height, shape_.width, pool}; }

std::vector<float> MapCase::true_row(std::int64_t query) const {
  Pool pool(1);
  const HeadView one = head().slice_queries(query, 1);
  float lse = 0;
  const ForwardResult result{nullptr, 0, &lse};
  reference_->forward({&one, 1}, {&result, 1}, {pool});
  const float a = -lse;
  const std::int64_t first = 0;
  std::vector<float> p(static_cast<std::size_t>(shape_.n));
  reference_->rows(one, {&first, 1}, {{&a, 1}, {}}, p, {pool});
  return p;
}

double MapCase::cells_of(const std::vector<std::int64_t>& queries) const {
  double cells = 0;
  for (const std::int64_t i : queries) cells += static_cast<double>(visible_keys(head().mask, i, shape_.n));
  return cells;
}

std::vector<std::int64_t> MapCase::sampled_queries(std::int64_t row) const {
  const KeyRange cells = pixel_cells(row, shape_.height, shape_.n);
  const std::int64_t samples = std::min(shape_.samples, cells.end - cells.begin);
  std::vector<std::int64_t> queries;
  for (std::int64_t t = 0; t < samples; ++t) queries.push_back(sampled_query(cells, row, t, samples));
  return queries;
}

Check MapCase::check_image(Pool2d pool, const std::function<std::vector<std::int64_t>(std::int64_t)>& queries) const {
  Errors errors;
  for (const std::int64_t y : spread_over(shape_.height, checked_pixel_rows)) {
    std::vector<double> sums(static_cast<std::size_t>(shape_.width)), most(sums);
    std::vector<std::int64_t> seen(sums.size());
    for (const std::int64_t i : queries(y)) {
      const std::vector<float> p = true_row(i);
      for (std::int64_t x = 0; x < shape_.width; ++x) {
        const KeyRange keys = pixel_cells(x, shape_.width, shape_.n);
        const auto at = static_cast<std::size_t>(x);
        for (std::int64_t j = keys.begin; j < keys.end; ++j) {
          if (!head().mask.visible(i, j)) continue;
          const double weight = p[static_cast<std::size_t>(j)];
          sums[at] += weight;
          most[at] = std::max(most[at], weight);
          ++seen[at];
        }
      }
    }
    for (std::size_t x = 0; x < sums.size(); ++x) {
      const float got = image_[static_cast<std::size_t>(y * shape_.width) + x];
      const double truth = pool == Pool2d::max ? most[x] : sums[x] / static_cast<double>(seen[x]);
      if (seen[x] > 0)
        errors.add(relative(got, truth), bound_);
      else
        errors.add(std::isnan(got) ? 0 : 1, 0);
    }
  }
  return errors.check();
}

Task MapCase::map_task(Pool2d pool) {
  Task task;
  task.flops = case_.visible_cells() * 2 * static_cast<double>(shape_.head_dim);
  task.run = [this, pool](const Job& job) { backend_.map(head(), spec(pool), {minus_lse_, {}}, {image_, {}}, job); };
  task.check = [this, pool] {
    return check_image(pool, [this](std::int64_t y) {
      const KeyRange cells = pixel_cells(y, shape_.height, shape_.n);
      std::vector<std::int64_t> queries(static_cast<std::size_t>(cells.end - cells.begin));
      std::iota(queries.begin(), queries.end(), cells.begin);
      return queries;
    });
  };
  return task;
}

Task MapCase::sampled_task() {
  Task task;
  for (std::int64_t y = 0; y < shape_.height; ++y)
    task.flops += cells_of(sampled_queries(y)) * 2 * static_cast<double>(shape_.head_dim);
  task.run = [this](const Job& job) {
    backend_.sampled_map(head(), spec(Pool2d::max), shape_.samples, {image_, {}}, job);
  };
  task.check = [this] { return check_image(Pool2d::max, [this](std::int64_t y) { return sampled_queries(y); }); };
  return task;
}

Task MapCase::top_task() {
  Task task;
  task.flops = case_.visible_cells() * 2 * static_cast<double>(shape_.head_dim);
  task.run = [this](const Job& job) {
    backend_.top_k(head(), queries_, shape_.k, {minus_lse_, {}}, keys_, values_, job);
  };
  task.check = [this] {
    Errors errors;
    for (const std::int64_t i : spread_over(shape_.n, checked_rows)) {
      const std::vector<float> p = true_row(i);
      std::vector<float> sorted = p;
      std::sort(sorted.begin(), sorted.end(), std::greater<>());
      for (std::int64_t place = 0; place < std::min(shape_.k, shape_.n); ++place) {
        const auto at = static_cast<std::size_t>(i * shape_.k + place);
        const float truth = sorted[static_cast<std::size_t>(place)];
        if (truth == 0) continue;  // fewer are visible
        errors.add(relative(values_[at], truth), bound_);
        const bool known = keys_[at] >= 0 && keys_[at] < shape_.n;
        errors.add(known ? relative(p[static_cast<std::size_t>(keys_[at])], truth) : 1, 2 * bound_);
      }
    }
    return errors.check();
  };
  return task;
}

Task MapCase::stats_task() {
  Task task;
  task.flops = case_.visible_cells() * 2 * static_cast<double>(shape_.head_dim);
  task.run = [this](const Job& job) {
    backend_.row_stats(head(), lse_, {entropy_, distance_, self_, previous_, first_, largest_, largest_key_}, job);
  };
  task.check = [this] {
    Errors errors;
    for (const std::int64_t i : spread_over(shape_.n, checked_rows)) {
      const std::vector<float> p = true_row(i);
      double entropy = 0, distance = 0;
      for (std::int64_t j = 0; j < shape_.n; ++j) {
        const double weight = p[static_cast<std::size_t>(j)];
        if (weight > 0) entropy -= weight * std::log(weight);
        distance += weight * static_cast<double>(std::abs(i - j));
      }
      const auto at = static_cast<std::size_t>(i);
      errors.add(std::abs(entropy_[at] - entropy) / (1 + entropy), bound_);
      errors.add(relative(distance_[at], distance), bound_);
      errors.add(relative(self_[at], p[at]), bound_);
      errors.add(relative(largest_[at], *std::max_element(p.begin(), p.end())), bound_);
    }
    return errors.check();
  };
  return task;
}

Task MapCase::mass_task() {
  Task task;
  task.flops = case_.visible_cells() * 2 * static_cast<double>(shape_.head_dim);
  task.run = [this](const Job& job) { backend_.column_mass(head(), lse_, mass_, job); };
  task.check = [this] {
    Pool pool(1);
    const std::vector<std::int64_t> keys = spread_over(shape_.n, checked_keys);
    std::vector<float> p(lse_.size() * keys.size());
    reference_->columns(head(), keys, {minus_lse_, {}}, p, {pool});
    Errors errors;
    for (std::size_t c = 0; c < keys.size(); ++c) {
      double mass = 0;
      for (std::size_t i = 0; i < lse_.size(); ++i) mass += p[i * keys.size() + c];
      errors.add(relative(mass_[static_cast<std::size_t>(keys[c])], mass), bound_);
    }
    return errors.check();
  };
  return task;
}

std::vector<Task> MapCase::tasks(const std::vector<std::string>& ops, const std::string& contender) {
  std::vector<Task> tasks;
  for (const std::string& op : map_ops()) {
    if (std::find(ops.begin(), ops.end(), op) == ops.end()) continue;
    Op needed = Op::map;
    Task task;
    if (op == "map_mean" || op == "map_max") {
      task = map_task(op == "map_max" ? Pool2d::max : Pool2d::mean);
    } else if (op == "sampled_map") {
      task = sampled_task();
      needed = Op::sampled_map;
    } else if (op == "top_k") {
      task = top_task();
      needed = Op::top_k;
    } else if (op == "row_stats") {
      task = stats_task();
      needed = Op::row_stats;
    } else {
      task = mass_task();
      needed = Op::column_mass;
    }
    task.op = op;
    task.contender = contender;
    task.backend = backend_.name();
    task.peak = peak_of(backend_, DType::f32);  // all of them multiply in float32
    task.least_bytes = case_.least_bytes();
    task.why_not = backend_.supports(needed, head()).why;
    task.kernel_times = [this] { return backend_.kernel_times(); };
    task.check = [this, check = task.check] {
      const Check found = check();
      forget_results();
      return found;
    };
    tasks.push_back(std::move(task));
  }
  return tasks;
}

}  // namespace attnscope::bench
