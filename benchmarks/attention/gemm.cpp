#include "attention_bench/gemm.h"

#include <dnnl.h>
#include <omp.h>

#include <string>

#include "core/error.h"

namespace attnscope::bench {

void multiply(bool b_transposed, std::int64_t m, std::int64_t n, std::int64_t k, const float* a, std::int64_t a_stride,
              const float* b, std::int64_t b_stride, bool add, float* c, std::int64_t c_stride) {
  omp_set_num_threads(1);  // the pool's threads are the contender's, as they are ours
  const dnnl_status_t status = dnnl_sgemm('N', b_transposed ? 'T' : 'N', m, n, k, 1.0F, a, a_stride, b, b_stride,
                                          add ? 1.0F : 0.0F, c, c_stride);
  if (status != dnnl_success) throw Error("oneDNN: matrix product failed with status " + std::to_string(status));
}

}  // namespace attnscope::bench
