// The kernels that only sm_90 has, and how matrices are described to its copy engine.
#include <cudaTypedefs.h>
#include <cuda_runtime.h>

#include <cstring>
#include <string>

#include "attention/cuda/hopper.h"
#include "core/error.h"
#include "kernels/table_hopper.h"

namespace attnscope::cuda {
namespace {

// The driver is not linked: the runtime opens it.
PFN_cuTensorMapEncodeTiled_v12000 find_encoder() {
  void* function = nullptr;
  cudaDriverEntryPointQueryResult found{};
  const cudaError_t status =
      cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &function, 12000, cudaEnableDefault, &found);
  if (status != cudaSuccess || found != cudaDriverEntryPointSuccess)
    throw Error("CUDA: this driver cannot describe tensors (cuTensorMapEncodeTiled); it is older than CUDA 12");
  return reinterpret_cast<PFN_cuTensorMapEncodeTiled_v12000>(function);
}

}  // namespace

KernelAddress hopper_kernel(const kernels::KernelChoice& choice) {
  KernelAddress address;
  kernels::with_hopper_kernel(choice, [&]<class Parameters>(void (*function)(Parameters, int)) {
    address = {reinterpret_cast<const void*>(function), sizeof(Parameters)};
  });
  return address;
}

kernels::TensorMap hopper_tensor_map(const kernels::BoxedMatrix& matrix) {
  static const PFN_cuTensorMapEncodeTiled_v12000 encode = find_encoder();
  const cuuint64_t size[] = {static_cast<cuuint64_t>(matrix.width), static_cast<cuuint64_t>(matrix.rows)};
  const cuuint64_t row_bytes[] = {static_cast<cuuint64_t>(matrix.width) * 2};
  const cuuint32_t box[] = {64, static_cast<cuuint32_t>(matrix.box_rows)};
  const cuuint32_t step[] = {1, 1};
  CUtensorMap map;
  const CUresult status = encode(&map, CU_TENSOR_MAP_DATA_TYPE_UINT16, 2, const_cast<void*>(matrix.data), size,
                                 row_bytes, box, step, CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
                                 CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
  if (status != CUDA_SUCCESS) {
    throw Error("CUDA: a matrix of " + std::to_string(matrix.rows) + " rows of " + std::to_string(matrix.width) +
                " numbers cannot be described to the copy engine: error " + std::to_string(status));
  }
  kernels::TensorMap there;
  static_assert(sizeof(there) == sizeof(map));
  std::memcpy(&there, &map, sizeof(map));
  return there;
}

}  // namespace attnscope::cuda
