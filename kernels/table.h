// Which function a KernelChoice means, for what launches them: nvcc's side and the emulation find the same ones here.
// Those that only sm_90 has are in table_hopper.h.
#pragma once
#include "kernels/column_mass.h"
#include "kernels/forward_float.h"
#include "kernels/forward_half.h"
#include "kernels/kernel_choice.h"
#include "kernels/map.h"
#include "kernels/row_stats.h"
#include "kernels/select.h"
#include "kernels/weights.h"

namespace attnscope::kernels {

// Calls launch(kernel) with the chosen kernel, a function void(Parameters, int first_block).
template <class Number, class Launch>
void with_typed_kernel(const KernelChoice& choice, Launch&& launch) {
  switch (choice.id) {
    case KernelId::forward_float:
      if (choice.groups <= 1) return launch(forward_float<Number, 1>);
      if (choice.groups == 2) return launch(forward_float<Number, 2>);
      if (choice.groups == 3) return launch(forward_float<Number, 3>);
      return launch(forward_float<Number, 4>);
    case KernelId::forward_half:
      if constexpr (sizeof(Number) == 2) {
        if (choice.groups <= 1) return launch(forward_half<Number, 64>);
        if (choice.groups == 2) return launch(forward_half<Number, 128>);
        return launch(forward_half<Number, 256>);
      }
      return;  // of 16-bit numbers only
    case KernelId::weights:
      return launch(weights<Number>);
    case KernelId::map:
      return launch(map<Number>);
    case KernelId::row_stats:
      return launch(row_stats<Number>);
    case KernelId::column_mass:
      return launch(column_mass<Number>);
    case KernelId::select:
      return launch(select);
    case KernelId::forward_hopper:
      return;  // in table_hopper.h
  }
}

template <class Launch>
void with_kernel(const KernelChoice& choice, Launch&& launch) {
  switch (choice.dtype) {
    case DType::f32:
      return with_typed_kernel<float>(choice, launch);
    case DType::f16:
      return with_typed_kernel<F16>(choice, launch);
    case DType::bf16:
      return with_typed_kernel<BF16>(choice, launch);
  }
}

}  // namespace attnscope::kernels
