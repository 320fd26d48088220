// The strongest keys of every query.
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "engine/compute.h"

namespace attnscope {

Links compute(const LinksRequest& request, const ComputeContext& context) {
  constexpr std::int64_t most_links = 100'000;
  constexpr std::int64_t most_keys = 1'000;
  if (request.k < 1 || request.k > most_keys) {
    throw InputError("the " + std::to_string(request.k) + " strongest keys: takes 1 to " + std::to_string(most_keys));
  }
  HeadReader reader = context.reader(request.head.head);
  const std::int64_t n = reader.tokens();
  const std::int64_t most_queries = most_links / request.k;
  const std::int64_t stride = (n + most_queries - 1) / most_queries;
  std::vector<std::int64_t> queries;
  for (std::int64_t query = 0; query < n; query += stride) queries.push_back(query);
  TopKeys top = reader.top(queries, request.k);
  return {request.k, stride, std::move(top.keys), std::move(top.weights)};
}

}  // namespace attnscope
