// The answer to each kind of request, computed by the ops: one overload a request. Who asks, when and in which thread
// is engine.h's matter.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "capture/layer.h"
#include "engine/head_reader.h"
#include "engine/requests.h"

namespace attnscope {

// What a request is computed with. `tokens` are the ids of the context, for a ProfileRequest.
struct ComputeContext {
  std::shared_ptr<const Layer> layer;
  OpRunner& runner;
  LseCache& cache;
  std::span<const std::int32_t> tokens = {};

  // Throws InputError where the layer has no such head.
  HeadReader reader(std::int64_t head) const;
  // Throws InputError unless 0 <= place < n; `what` names it in the message.
  void check_place(std::string_view what, std::int64_t place) const;
};

// All throw InputError for a request that the layer cannot answer (a place, head, tile or size out of range), Stopped
// and Error as ops do.
Weights compute(const RowRequest& request, const ComputeContext& context);
Weights compute(const ColumnRequest& request, const ComputeContext& context);
WeightImage compute(const TileRequest& request, const ComputeContext& context);
WeightImage compute(const ThumbnailRequest& request, const ComputeContext& context);
WeightImage compute(const EstimateRequest& request, const ComputeContext& context);
Links compute(const LinksRequest& request, const ComputeContext& context);
// Without the ids of all tokens of the context, prefix_match is NaN.
Profile compute(const ProfileRequest& request, const ComputeContext& context);
Pair compute(const PairRequest& request, const ComputeContext& context);
PairInHeads compute(const PairInHeadsRequest& request, const ComputeContext& context);

// Memory that a result takes, in bytes.
std::size_t bytes_of(const Weights& result);
std::size_t bytes_of(const WeightImage& result);
std::size_t bytes_of(const Links& result);
std::size_t bytes_of(const Profile& result);
std::size_t bytes_of(const Pair& result);
std::size_t bytes_of(const PairInHeads& result);

}  // namespace attnscope
