#include "attention/cuda/stream.h"

#include "attention/device_error.h"

namespace attnscope::cuda {

void* Stream::allocate(std::size_t bytes) {
  try {
    return queue_->allocate(bytes);
  } catch (const DeviceOutOfMemory&) {
    if (!copies_.free_idle()) throw;
  }
  return queue_->allocate(bytes);
}

const void* Stream::layer_copy(const CopyKey& key, const MatrixView& matrix) {
  std::shared_ptr<const void> copy = copies_.get(key, matrix, *queue_);
  if (copy != nullptr) used_.push_back(copy);
  return copy.get();
}

}  // namespace attnscope::cuda
