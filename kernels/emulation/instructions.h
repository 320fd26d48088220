// kernels/instructions.h for the host compiler: what each instruction does, lane by lane.
#pragma once
#include <bit>
#include <cstdint>

#include "core/dtype.h"
#include "kernels/device.h"

namespace attnscope::kernels {

struct F16 {
  std::uint16_t bits;
};
struct BF16 {
  std::uint16_t bits;
};

inline float to_float(float x) { return x; }
inline float to_float(F16 x) { return float_from_f16(x.bits); }
inline float to_float(BF16 x) { return float_from_bf16(x.bits); }

inline unsigned bits_of(float x) { return std::bit_cast<unsigned>(x); }
inline float float_of(unsigned bits) { return std::bit_cast<float>(bits); }

}  // namespace attnscope::kernels
