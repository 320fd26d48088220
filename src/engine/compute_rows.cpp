// Rows and columns of P, and what all answers share: checks of places, sizes of results.
#include <string>

#include "core/error.h"
#include "engine/compute.h"

namespace attnscope {

HeadReader ComputeContext::reader(std::int64_t head) const {
  if (head < 0 || head >= layer->spec.heads) {
    throw InputError("head " + std::to_string(head) + ": the layer has heads 0 to " +
                     std::to_string(layer->spec.heads - 1));
  }
  return {runner, layer, head, &cache};
}

void ComputeContext::check_place(std::string_view what, std::int64_t place) const {
  if (place >= 0 && place < layer->tokens()) return;
  throw InputError(std::string(what) + " " + std::to_string(place) + ": the context has tokens 0 to " +
                   std::to_string(layer->tokens() - 1));
}

Weights compute(const RowRequest& request, const ComputeContext& context) {
  context.check_place("query", request.query);
  return {context.reader(request.head.head).rows({&request.query, 1})};
}

Weights compute(const ColumnRequest& request, const ComputeContext& context) {
  context.check_place("key", request.key);
  return {context.reader(request.head.head).columns({&request.key, 1})};
}

std::size_t bytes_of(const Weights& result) { return sizeof result + result.p.size() * sizeof(float); }
std::size_t bytes_of(const WeightImage& result) { return sizeof result + result.pixels.size() * sizeof(float); }
std::size_t bytes_of(const Links& result) {
  return sizeof result + result.keys.size() * (sizeof(std::int32_t) + sizeof(float));
}
std::size_t bytes_of(const Profile& result) {
  return sizeof result + (result.entropy.size() + result.mass.size()) * sizeof(float);
}
std::size_t bytes_of(const Pair& result) {
  const std::size_t numbers = result.query.size() + result.key.size() + result.product.size() + result.value.size();
  return sizeof result + (numbers + result.output.size()) * sizeof(float);
}
std::size_t bytes_of(const PairInHeads& result) { return sizeof result + result.p.size() * sizeof(float); }

}  // namespace attnscope
