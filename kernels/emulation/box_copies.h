// The copy engine of sm_90 on the CPU: boxes of a matrix into shared memory, in the 128-byte swizzle.
#pragma once
#include <cstdint>

#include "kernels/async_types.h"

namespace attnscope::emulation {

// The host's side.
kernels::TensorMap tensor_map(const kernels::BoxedMatrix& matrix);

// Where the byte at this offset of shared memory lies when 1024 bytes are swizzled.
constexpr std::uint32_t swizzled(std::uint32_t offset) { return offset ^ ((offset >> 7U & 7U) << 4U); }

void acquire_map(const kernels::TensorMap& map);
// Until the box has landed the place reads as NaN (where copies land late).
void copy_box(void* to, const kernels::TensorMap& map, int row, int column, std::uint64_t& barrier);

}  // namespace attnscope::emulation
