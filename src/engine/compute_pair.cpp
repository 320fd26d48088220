// One weight taken apart, and the same pair in every head.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "engine/compute.h"

namespace attnscope {
namespace {

std::vector<float> numbers(const MatrixView& matrix, std::int64_t row) {
  std::vector<float> values;
  for (std::int64_t c = 0; c < matrix.cols; ++c) values.push_back(static_cast<float>(matrix.at(row, c)));
  return values;
}

// The dot product and what becomes of it before the softmax, see ops.h.
struct PairScore {
  double dot = 0;
  double score = 0;
};

PairScore score_pair(const HeadView& view, std::int64_t query, std::int64_t key) {
  PairScore pair;
  for (std::int64_t c = 0; c < view.q.cols; ++c) pair.dot += view.q.at(query, c) * view.k.at(key, c);
  pair.score = static_cast<double>(view.score.scale) * pair.dot;
  if (view.score.cap) pair.score = *view.score.cap * std::tanh(pair.score / *view.score.cap);
  const std::int64_t distance = key - (query + view.mask.offset);
  pair.score += static_cast<double>(view.score.slope) * static_cast<double>(distance);
  return pair;
}

}  // namespace

Pair compute(const PairRequest& request, const ComputeContext& context) {
  context.check_place("query", request.query);
  context.check_place("key", request.key);
  HeadReader reader = context.reader(request.head.head);
  const HeadView& view = reader.view();
  Pair pair;
  pair.query = numbers(view.q, request.query);
  pair.key = numbers(view.k, request.key);
  pair.value = numbers(view.v, request.key);
  std::transform(pair.query.begin(), pair.query.end(), pair.key.begin(), std::back_inserter(pair.product),
                 [](float q, float k) { return q * k; });
  pair.output = reader.output(request.query);
  const PairScore score = score_pair(view, request.query, request.key);
  pair.dot = score.dot;
  pair.score = score.score;
  pair.lse = static_cast<double>(reader.lse_of({&request.query, 1}).front());
  pair.visible = view.mask.visible(request.query, request.key);
  pair.weight = pair.visible ? std::exp(pair.score - pair.lse) : 0;

  const std::vector<float> row = reader.rows({&request.query, 1});
  const float own = row[static_cast<std::size_t>(request.key)];
  pair.seen = std::count_if(row.begin(), row.end(), [](float p) { return !std::isnan(p); });
  // NaN is greater than nothing.
  if (pair.visible) pair.rank = 1 + std::count_if(row.begin(), row.end(), [own](float p) { return p > own; });
  return pair;
}

PairInHeads compute(const PairInHeadsRequest& request, const ComputeContext& context) {
  context.check_place("query", request.query);
  context.check_place("key", request.key);
  PairInHeads result;
  for (std::int64_t head = 0; head < context.layer->spec.heads; ++head) {
    HeadReader reader = context.reader(head);
    const HeadView& view = reader.view();
    if (!view.mask.visible(request.query, request.key)) {
      result.p.push_back(std::numeric_limits<float>::quiet_NaN());
      continue;
    }
    const double lse = static_cast<double>(reader.lse_of({&request.query, 1}).front());
    result.p.push_back(static_cast<float>(std::exp(score_pair(view, request.query, request.key).score - lse)));
  }
  return result;
}

}  // namespace attnscope
