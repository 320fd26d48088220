#include "attention/cuda/layer_copies.h"

#include <utility>

#include "attention/device_error.h"

namespace attnscope::cuda {

std::shared_ptr<const void> LayerCopies::get(const CopyKey& key, const MatrixView& matrix, Queue& queue) {
  if (free_later_.exchange(false)) free_idle();
  const std::lock_guard lock(mutex_);
  if (const auto found = places_.find(key); found != places_.end()) {
    copies_.splice(copies_.begin(), copies_, found->second);
    return found->second->memory;
  }
  const auto rows = static_cast<std::size_t>(matrix.rows);
  const std::size_t bytes = rows * key.pitch;
  if (bytes > budget_) return nullptr;
  if (bytes_ + bytes > budget_) drop_idle(bytes_ + bytes - budget_);
  if (bytes_ + bytes > budget_) return nullptr;
  std::shared_ptr<void> memory = allocate(bytes);
  const std::size_t number = size_of(matrix.dtype);
  queue.upload_rows({static_cast<std::byte*>(memory.get()), key.pitch},
                    {static_cast<const std::byte*>(matrix.data), static_cast<std::size_t>(matrix.stride) * number},
                    static_cast<std::size_t>(matrix.cols) * number, rows);
  queue.finish();  // before another queue finds it
  copies_.push_front({key, memory, bytes});
  places_[key] = copies_.begin();
  bytes_ += bytes;
  return memory;
}

bool LayerCopies::free_idle() {
  const std::lock_guard lock(mutex_);
  return drop_idle(bytes_);
}

std::size_t LayerCopies::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

// Until `wanted` bytes are free, if so many are idle; used longest ago first. True if any were. Pointers are given out
// under the lock only, so what has no user now gets none meanwhile.
bool LayerCopies::drop_idle(std::size_t wanted) {
  std::size_t dropped = 0;
  for (auto copy = copies_.end(); copy != copies_.begin() && dropped < wanted;) {
    --copy;
    if (copy->memory.use_count() > 1) continue;
    dropped += copy->bytes;
    places_.erase(copy->key);
    copy = copies_.erase(copy);
  }
  bytes_ -= dropped;
  return dropped > 0;
}

std::shared_ptr<void> LayerCopies::allocate(std::size_t bytes) {
  try {
    return device_.allocate(bytes);
  } catch (const DeviceOutOfMemory&) {
    if (!drop_idle(bytes_)) throw;
  }
  return device_.allocate(bytes);
}

}  // namespace attnscope::cuda
