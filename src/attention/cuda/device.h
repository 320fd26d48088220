// Where kernels run: a GPU, or the emulation of one. What is above (stream.h) is written against this, once for both.
#pragma once
#include <cstddef>
#include <memory>
#include <string_view>

#include "core/jobs.h"
#include "kernels/async_types.h"
#include "kernels/table.h"

namespace attnscope::cuda {

// Rows of bytes at equal distances.
template <class Byte>
struct Rows {
  Byte* data;
  std::size_t pitch;  // bytes from row to row
};

struct Launch {
  kernels::KernelChoice kernel;
  const void* parameters;
  std::size_t parameter_bytes;
  int blocks;
  std::size_t shared_bytes;
  double block_work;  // multiplications and additions of a block, so that long launches can be cut
};

// One call's work on the device, done in order, and its memory, which lives as long. All of it throws
// DeviceOutOfMemory, DeviceLost or another Error, with the reason. The end waits for what is still being done.
class Queue {
 public:
  virtual ~Queue() = default;

  // Aligned to 256 bytes. Never null.
  virtual void* allocate(std::size_t bytes) = 0;
  // `from` may change when this returns.
  virtual void upload(void* to, const void* from, std::size_t bytes) = 0;
  // Also fills what lies in `to` between the rows, with zeros.
  virtual void upload_rows(Rows<std::byte> to, Rows<const std::byte> from, std::size_t row_bytes, std::size_t rows) = 0;
  // Returns when the bytes are there.
  virtual void download(void* to, const void* from, std::size_t bytes) = 0;
  // How matrices are described to the copy engine of sm_90; null where the device has none, nor wgmma.
  using DescribeMatrix = kernels::TensorMap (*)(const kernels::BoxedMatrix& matrix);
  virtual DescribeMatrix describe_matrix() const { return nullptr; }
  // Returns when all of the above is done, so that other queues may read it.
  virtual void finish() = 0;

  // How many blocks of this launch run at once: fewer of them take no less time. At least 1.
  virtual int blocks_at_once(const Launch& launch) = 0;
  // Runs the blocks [first, first + count) to their end. Returns the seconds that they took on the device. May throw
  // Stopped soon after job.stop was requested.
  virtual double run(const Launch& launch, int first, int count, const Job& job) = 0;
};

class Device {
 public:
  virtual ~Device() = default;
  virtual std::string_view name() const = 0;
  // Several threads may each have a queue of their own.
  virtual std::unique_ptr<Queue> open() = 0;
  // Memory beside that of queues, freed with the last pointer to it; aligned to 256 bytes. Throws as queues do.
  virtual std::shared_ptr<void> allocate(std::size_t bytes) = 0;
  // Bytes that copies of layers may take.
  virtual std::size_t layer_budget() const = 0;
};

}  // namespace attnscope::cuda
