// The ops as Backend has them, each on a stream of a device: what is uploaded, which kernels run, what comes back. For
// heads that the backend's supports() accepts.
#pragma once
#include "attention/cuda/stream.h"
#include "attention/ops.h"

namespace attnscope::cuda {

void forward(Stream& stream, std::span<const HeadView> heads, std::span<const ForwardResult> results, const Job& job);
void rows(Stream& stream, const HeadView& head, std::span<const std::int64_t> queries, const Weighting& weight,
          std::span<float> p, const Job& job);
void columns(Stream& stream, const HeadView& head, std::span<const std::int64_t> keys, const Weighting& weight,
             std::span<float> p, const Job& job);
void map(Stream& stream, const HeadView& head, const MapSpec& spec, const Weighting& weight, const MapResult& result,
         const Job& job);
void sampled_map(Stream& stream, const HeadView& head, const MapSpec& spec, std::int64_t samples,
                 const MapResult& result, const Job& job);
void top_k(Stream& stream, const HeadView& head, std::span<const std::int64_t> queries, std::int64_t k,
           const Weighting& weight, std::span<std::int32_t> keys, std::span<float> values, const Job& job);
void row_stats(Stream& stream, const HeadView& head, std::span<const float> lse, const RowStats& stats, const Job& job);
void column_mass(Stream& stream, const HeadView& head, std::span<const float> lse, std::span<float> mass,
                 const Job& job);

}  // namespace attnscope::cuda
