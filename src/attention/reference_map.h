// The maps of the reference backend: every pixel pools its own cells, one by one. Meaning of the arguments: ops.h.
#pragma once
#include "attention/ops.h"

namespace attnscope::reference {

void map(const HeadView& head, const MapSpec& spec, const Weighting& weighting, const MapResult& result,
         const Job& job);

void sampled_map(const HeadView& head, const MapSpec& spec, std::int64_t samples, const MapResult& result,
                 const Job& job);

}  // namespace attnscope::reference
