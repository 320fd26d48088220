#include "op_inputs.h"

#include <cmath>
#include <limits>

namespace attnscope::test {

Weights Weights::of(std::span<const std::int64_t> queries) const {
  Weights chosen;
  for (const std::int64_t i : queries) chosen.a.push_back(a[static_cast<std::size_t>(i)]);
  chosen.b = b;
  return chosen;
}

Weights Weights::of(std::int64_t begin, std::int64_t end) const {
  return {std::vector<float>(a.begin() + begin, a.begin() + end), b};
}

Weights make_weights(WeightKind kind, const HeadView& head, std::span<const float> lse, Random& random) {
  Weights weights;
  for (std::int64_t i = 0; i < head.n_q(); ++i) {
    double a = -static_cast<double>(lse[static_cast<std::size_t>(i)]);
    if (kind == WeightKind::lifted) {
      std::int64_t visible = 0;
      for (std::int64_t j = 0; j < head.n_k(); ++j) visible += head.mask.visible(i, j) ? 1 : 0;
      a += std::log(static_cast<double>(visible));
    }
    if (kind == WeightKind::free) a += 4 * random.bell();
    weights.a.push_back(static_cast<float>(a));
  }
  if (kind == WeightKind::plain || kind == WeightKind::lifted) return weights;
  for (std::int64_t j = 0; j < head.n_k(); ++j) {
    double squares = 0;
    for (std::int64_t c = 0; c < head.v.cols; ++c) squares += head.v.at(j, c) * head.v.at(j, c);
    double b = std::log(squares) / 2;
    if (kind == WeightKind::free) b = random.below(4) == 0 ? -std::numeric_limits<double>::infinity() : random.bell();
    weights.b.push_back(static_cast<float>(b));
  }
  return weights;
}

std::vector<std::int64_t> choose(std::int64_t count, Random& random) {
  std::vector<std::int64_t> chosen;
  const std::int64_t way = random.below(8);
  if (count == 0 || way == 0) return chosen;
  if (way == 1) {
    for (std::int64_t index = 0; index < count; ++index) chosen.push_back(index);
    return chosen;
  }
  const std::int64_t some = random.below(20);
  for (std::int64_t t = 0; t < some; ++t) chosen.push_back(random.below(count));
  chosen.push_back(count - 1);
  chosen.push_back(0);
  chosen.push_back(chosen.front());
  return chosen;
}

MapSpec choose_map(const HeadView& head, Random& random) {
  MapSpec spec;
  spec.q1 = head.n_q();
  spec.k1 = head.n_k();
  if (random.below(3) != 0) {
    spec.q0 = random.below(spec.q1);
    spec.q1 = spec.q0 + 1 + random.below(head.n_q() - spec.q0);
    spec.k0 = random.below(spec.k1);
    spec.k1 = spec.k0 + 1 + random.below(head.n_k() - spec.k0);
  }
  const auto pixels = [&](std::int64_t cells) {
    const std::int64_t way = random.below(6);
    if (way == 0) return std::int64_t{1};
    if (way == 1) return cells;
    if (way == 2) return cells + 1 + random.below(40);
    return 1 + random.below(cells);
  };
  spec.h = pixels(spec.q1 - spec.q0);
  spec.w = pixels(spec.k1 - spec.k0);
  spec.pool = random.one_of({Pool2d::max, Pool2d::mean});
  return spec;
}

}  // namespace attnscope::test
