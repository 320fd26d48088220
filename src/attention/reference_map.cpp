#include "attention/reference_map.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "attention/reference_scores.h"

namespace attnscope::reference {
namespace {

// Pools the cells of one pixel.
class Pixel {
 public:
  void add(double value) {
    sum_ += value;
    largest_ = std::max(largest_, value);
    ++visible_;
  }
  std::int64_t visible() const { return visible_; }
  float pooled(Pool2d pool) const {
    if (visible_ == 0) return std::numeric_limits<float>::quiet_NaN();
    return static_cast<float>(pool == Pool2d::max ? largest_ : sum_ / static_cast<double>(visible_));
  }

 private:
  double sum_ = 0;
  double largest_ = 0;
  std::int64_t visible_ = 0;
};

// The cells under pixel `index` of [0, pixels), of a span that starts at `first`.
KeyRange cells_under(std::int64_t index, std::int64_t pixels, std::int64_t first, std::int64_t last) {
  const KeyRange cells = pixel_cells(index, pixels, last - first);
  return {first + cells.begin, first + cells.end};
}

void write_pixel(const MapResult& result, std::int64_t index, const Pixel& pixel, Pool2d pool) {
  at(result.image, index) = pixel.pooled(pool);
  if (!result.visible.empty()) at(result.visible, index) = pixel.visible();
}

}  // namespace

void map(const HeadView& head, const MapSpec& spec, const Weighting& weighting, const MapResult& result,
         const Job& job) {
  const std::int64_t cells = ((spec.q1 - spec.q0) / spec.h + 1) * ((spec.k1 - spec.k0) / spec.w + 1);
  for_each(spec.h * spec.w, work_of(head, cells), job, [&](std::int64_t index) {
    const KeyRange queries = cells_under(index / spec.w, spec.h, spec.q0, spec.q1);
    const KeyRange keys = cells_under(index % spec.w, spec.w, spec.k0, spec.k1);
    Pixel pixel;
    for (std::int64_t i = queries.begin; i < queries.end; ++i) {
      job.throw_if_stopped();
      for (std::int64_t j = keys.begin; j < keys.end; ++j) {
        if (!head.mask.visible(i, j)) continue;
        pixel.add(weight(score(head, i, j), at(weighting.a, i - spec.q0), bias(weighting, j)));
      }
    }
    write_pixel(result, index, pixel, spec.pool);
  });
}

void sampled_map(const HeadView& head, const MapSpec& spec, std::int64_t samples, const MapResult& result,
                 const Job& job) {
  const std::int64_t most = std::min(samples, (spec.q1 - spec.q0) / spec.h + 1);
  for_each(spec.h, work_of(head, head.n_k() * most), job, [&](std::int64_t y) {
    const KeyRange queries = cells_under(y, spec.h, spec.q0, spec.q1);
    const std::int64_t taken = std::min(samples, queries.end - queries.begin);
    std::vector<Pixel> pixels(static_cast<std::size_t>(spec.w));
    for (std::int64_t t = 0; t < taken; ++t) {
      const std::vector<Cell> cells = visible_cells(head, sampled_query(queries, y, t, taken), job);
      const double lse = log_sum_exp(cells, head.score);
      for (std::int64_t x = 0; x < spec.w; ++x) {
        const KeyRange keys = cells_under(x, spec.w, spec.k0, spec.k1);
        auto cell = std::lower_bound(cells.begin(), cells.end(), keys.begin,
                                     [](const Cell& c, std::int64_t key) { return c.key < key; });
        for (; cell != cells.end() && cell->key < keys.end; ++cell) {
          pixels[static_cast<std::size_t>(x)].add(std::exp(cell->score - lse));
        }
      }
    }
    for (std::int64_t x = 0; x < spec.w; ++x) {
      write_pixel(result, y * spec.w + x, pixels[static_cast<std::size_t>(x)], spec.pool);
    }
  });
}

}  // namespace attnscope::reference
