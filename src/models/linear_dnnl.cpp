#include <dnnl.h>
#include <omp.h>

#include <string>

#include "core/error.h"
#include "models/linear.h"

namespace attnscope {

void multiply_transposed(const float* x, std::int64_t x_stride, std::int64_t rows, std::int64_t inputs, const float* w,
                         std::int64_t outputs, float* y, std::int64_t y_stride, bool add) {
  // oneDNN's threads are OpenMP's, a setting of each calling thread; ours are the pool's, so it gets one.
  omp_set_num_threads(1);
  const dnnl_status_t status =
      dnnl_sgemm('N', 'T', rows, outputs, inputs, 1.0F, x, x_stride, w, inputs, add ? 1.0F : 0.0F, y, y_stride);
  if (status != dnnl_success) throw Error("oneDNN: matrix product failed with status " + std::to_string(status));
}

}  // namespace attnscope
