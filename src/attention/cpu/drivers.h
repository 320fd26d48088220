// The ops on the CPU, as Backend has them: each cuts its work into blocks, turns them into tiles and streams, and runs
// a kernel of the instruction set `target` on them. For heads that the CPU backend's supports() accepts.
#pragma once
#include <cstdint>
#include <span>

#include "attention/cpu/cpu_backend.h"
#include "attention/cpu/forward_kernel.h"
#include "attention/ops.h"

namespace attnscope::cpu {

void forward(const ForwardKernel& kernel, std::span<const HeadView> heads, std::span<const ForwardResult> results,
             const Job& job);
void rows(CpuTarget target, const HeadView& head, std::span<const std::int64_t> queries, const Weighting& weight,
          std::span<float> p, const Job& job);
void columns(CpuTarget target, const HeadView& head, std::span<const std::int64_t> keys, const Weighting& weight,
             std::span<float> p, const Job& job);
void map(CpuTarget target, const HeadView& head, const MapSpec& spec, const Weighting& weight, const MapResult& result,
         const Job& job);
void sampled_map(CpuTarget target, const HeadView& head, const MapSpec& spec, std::int64_t samples,
                 const MapResult& result, const Job& job);
void top_k(CpuTarget target, const HeadView& head, std::span<const std::int64_t> queries, std::int64_t k,
           const Weighting& weight, std::span<std::int32_t> keys, std::span<float> values, const Job& job);
void row_stats(CpuTarget target, const HeadView& head, std::span<const float> lse, const RowStats& stats,
               const Job& job);
void column_mass(CpuTarget target, const HeadView& head, std::span<const float> lse, std::span<float> mass,
                 const Job& job);

}  // namespace attnscope::cpu
