// Softmax of stored scores, for the contender that stores them.
#pragma once
#include <cstdint>

#include "core/dtype.h"
#include "core/mask.h"

namespace attnscope::bench {

// Rows [n, n] of scores on the GPU become P, in place; masked cells become 0. `n` is divisible by 8. On the default
// stream; throws Error.
void gpu_softmax(void* scores, DType dtype, std::int64_t n, const Mask& mask);

}  // namespace attnscope::bench
