// The kernels of table.h that only sm_90 has, apart so that nothing else has to be compiled for it.
#pragma once
#include "kernels/forward_hopper.h"
#include "kernels/kernel_choice.h"

namespace attnscope::kernels {

template <class Number, class Launch>
void with_typed_hopper_kernel(int groups, Launch&& launch) {
  if (groups <= 1) return launch(forward_hopper<Number, 64>);
  if (groups == 2) return launch(forward_hopper<Number, 128>);
  return launch(forward_hopper<Number, 256>);
}

// As with_kernel; for forward_hopper.
template <class Launch>
void with_hopper_kernel(const KernelChoice& choice, Launch&& launch) {
  if (choice.dtype == DType::f16) return with_typed_hopper_kernel<F16>(choice.groups, launch);
  if (choice.dtype == DType::bf16) return with_typed_hopper_kernel<BF16>(choice.groups, launch);
}

}  // namespace attnscope::kernels
