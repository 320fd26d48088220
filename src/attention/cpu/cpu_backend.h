// The CPU backends: one implementation of the attention ops in SIMD, compiled for several instruction sets and chosen
// at run time. Which of them a program uses is the business of select.h.
#pragma once
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "attention/ops.h"

namespace attnscope {

// avx512 means AVX-512 F, BW, CD, DQ and VL; avx2 includes FMA; baseline is SSE4 where there is one, else what the
// compiler may assume of every machine.
enum class CpuTarget : std::uint8_t { baseline, avx2, avx512 };

// As ATTNSCOPE_BACKEND spells it.
constexpr std::string_view name_of(CpuTarget target) {
  return target == CpuTarget::avx512 ? "avx512" : target == CpuTarget::avx2 ? "avx2" : "baseline";
}

// What this machine can run, best first; never empty.
std::vector<CpuTarget> usable_cpu_targets();

// Its name() is "cpu " and name_of(target). `target` must be one of usable_cpu_targets().
std::unique_ptr<Backend> make_cpu_backend(CpuTarget target);

// Whether this machine has AMX with bfloat16 products (and AVX-512), and the system lets the process use it.
bool amx_backend_usable();

// Its name() is "cpu amx": forward on the tile registers, to the accuracy of float32 (weights that meet bf16 values are
// rounded by at most 2^-18 of them), for heads of depths up to 256 without cap and slope; everything else as the avx512
// backend. Needs amx_backend_usable().
std::unique_ptr<Backend> make_amx_backend();

}  // namespace attnscope
