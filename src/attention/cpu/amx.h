// The forward kernel for processors with AMX and its bfloat16 product (Sapphire Rapids and later).
#pragma once
#include "attention/cpu/forward_kernel.h"
#include "attention/ops.h"

namespace attnscope::cpu {

// Whether this processor has AMX-TILE, AMX-BF16 and AVX-512 and the system lets this process use them: Linux wants to
// be asked for the registers once. By feature bits, never by model.
bool amx_usable();

// Heads that the kernel takes: no soft cap, no slope, depths up to 256.
bool amx_takes(const HeadView& head);

// For heads stored as `dtype`.
ForwardKernel amx_forward_kernel(DType dtype);

}  // namespace attnscope::cpu
