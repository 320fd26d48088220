// Copies between ordinary memory and a device by way of two pinned buffers: one is filled or emptied here while the
// device reads or writes the other.
#pragma once
#include <cstddef>
#include <span>

#include "attention/cuda/device.h"

namespace attnscope::cuda {

// Two buffers of one size that a device reads and writes by itself, in the order of the calls.
class StagingBuffers {
 public:
  virtual ~StagingBuffers() = default;
  virtual std::span<std::byte> buffer(int which) = 0;  // 0 or 1, not empty
  virtual void send(int which, void* to, std::size_t bytes) = 0;
  virtual void receive(int which, const void* from, std::size_t bytes) = 0;
  // Returns when the last send or receive of this buffer has ended.
  virtual void wait(int which) = 0;
};

// Throws what the buffers throw. The device may still be reading when upload_rows returns; `from` has been read.
class Staging {
 public:
  explicit Staging(StagingBuffers& buffers) : buffers_(buffers) {}
  // Rows one after the other at `to.pitch`, zeros between them.
  void upload_rows(Rows<std::byte> to, Rows<const std::byte> from, std::size_t row_bytes, std::size_t rows);
  void download(std::byte* to, const std::byte* from, std::size_t bytes);

 private:
  StagingBuffers& buffers_;
  int next_ = 0;  // the buffer that was used longer ago
};

// The bytes [begin, begin + part.size()) of rows laid out at `pitch` with zeros between them.
void lay_out(std::span<std::byte> part, std::size_t begin, std::size_t pitch, Rows<const std::byte> from,
             std::size_t row_bytes);

}  // namespace attnscope::cuda
