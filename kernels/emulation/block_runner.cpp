#include <cstring>

#include "core/error.h"
#include "kernels/emulation/block.h"

namespace attnscope::emulation {

// Exactly as large as the launch says, so that AddressSanitizer sees what reaches beyond.
struct BlockRunner::SharedMemory {
  static constexpr std::align_val_t alignment{1024};
  explicit SharedMemory(std::size_t count) : bytes(count), data(new (alignment) std::byte[count]) {}
  ~SharedMemory() { ::operator delete[](data, alignment); }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  std::size_t bytes;
  std::byte* data;
};

BlockRunner::BlockRunner() = default;
BlockRunner::~BlockRunner() = default;

void Counters::add(const Counters& other) {
  blocks += other.blocks;
  switches += other.switches;
  matrix_products += other.matrix_products;
  bank_conflicts += other.bank_conflicts;
  async_bytes += other.async_bytes;
}

void BlockRunner::run(const BlockShape& shape, const Schedule& schedule, const std::stop_token& stop,
                      const std::function<void()>& body) {
  if (shape.threads == 0 || shape.threads % 32 != 0 || shape.threads > 1024 || shape.shared_bytes > shape.most_shared)
    throw Error("emulated kernel: no GPU launches blocks of " + std::to_string(shape.threads) + " threads and " +
                std::to_string(shape.shared_bytes) + " bytes of shared memory");
  if (shared_ == nullptr || shared_->bytes != shape.shared_bytes)
    shared_ = std::make_unique<SharedMemory>(shape.shared_bytes);
  std::memset(shared_->data, 0xff, shape.shared_bytes);  // what nobody wrote reads as NaN
  Block block(shape, schedule, stop, shared_->data, body, fibers_);
  block.run();
  ++counters_.blocks;
  counters_.add(block.counters());
}

}  // namespace attnscope::emulation
