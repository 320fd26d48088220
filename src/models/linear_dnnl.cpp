#include <dnnl.h>
#include <omp.h>

#include <string>

#include "core/error.h"
#include "models/linear.h"

namespace attnscope {
namespace {

// `order` is 'N' for w [inputs, outputs], 'T' for w [outputs, inputs].
void product(char order, const Rows& x, std::int64_t inputs, const float* w, std::int64_t outputs, float* y,
             std::int64_t y_stride, float keep) {
  // oneDNN's threads are OpenMP's, a setting of each calling thread; ours are the pool's, so it gets one.
  omp_set_num_threads(1);
  const std::int64_t w_stride = order == 'N' ? outputs : inputs;
  const dnnl_status_t status =
      dnnl_sgemm('N', order, x.count, outputs, inputs, 1.0F, x.data, x.stride, w, w_stride, keep, y, y_stride);
  if (status != dnnl_success) throw Error("oneDNN: matrix product failed with status " + std::to_string(status));
}

}  // namespace

void multiply(const Rows& x, std::int64_t inputs, const float* w, std::int64_t outputs, float* y, std::int64_t y_stride,
              bool add) {
  product('N', x, inputs, w, outputs, y, y_stride, add ? 1.0F : 0.0F);
}

void multiply_transposed(const Rows& x, std::int64_t inputs, const float* w, std::int64_t outputs, float* y,
                         std::int64_t y_stride) {
  product('T', x, inputs, w, outputs, y, y_stride, 0.0F);
}

}  // namespace attnscope
