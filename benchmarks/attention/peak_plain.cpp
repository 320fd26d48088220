#include "attention_bench/peak.h"

namespace attnscope::bench {

// This build has no kernels for an instruction set, so there is no peak to hold anything against.
double measured_peak(Peak /*peak*/, const Job& /*job*/) { return 0; }

}  // namespace attnscope::bench
