// Where kernels run: a GPU, or the emulation of one. The ops are written against this, once for both.
#pragma once
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

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

// One call of an op on the device: its memory, which lives as long, and its work, which is done in order. All of it
// throws Error with the reason when the device fails or has no memory left.
class Stream {
 public:
  virtual ~Stream() = default;

  // Aligned to 256 bytes. Never null.
  virtual void* allocate(std::size_t bytes) = 0;
  virtual void upload(void* to, const void* from, std::size_t bytes) = 0;
  // What lies in `to` between the rows becomes zero.
  virtual void upload_rows(Rows<std::byte> to, Rows<const std::byte> from, std::size_t row_bytes, std::size_t rows) = 0;
  // Returns when the bytes are there.
  virtual void download(void* to, const void* from, std::size_t bytes) = 0;
  // How matrices are described to the copy engine of sm_90; null where the device has none, nor wgmma.
  using DescribeMatrix = kernels::TensorMap (*)(const kernels::BoxedMatrix& matrix);
  virtual DescribeMatrix describe_matrix() const { return nullptr; }
  // Throws Stopped soon after job.stop was requested; counts what is done in job.progress.
  virtual void launch(const Launch& launch, const Job& job) = 0;

  template <class T>
  T* allocate_array(std::size_t count) {
    return static_cast<T*>(allocate(count * sizeof(T)));
  }
  template <class T>
  T* upload_array(const T* values, std::size_t count) {
    T* there = allocate_array<T>(count);
    upload(there, values, count * sizeof(T));
    return there;
  }
  template <class T>
  T* upload_array(const std::vector<T>& values) {
    return upload_array(values.data(), values.size());
  }
  template <class Parameters>
  void launch(const kernels::KernelChoice& kernel, const Parameters& parameters, int blocks, std::size_t shared_bytes,
              double block_work, const Job& job) {
    launch({kernel, &parameters, sizeof(Parameters), blocks, shared_bytes, block_work}, job);
  }
};

class Device {
 public:
  virtual ~Device() = default;
  virtual std::string_view name() const = 0;
  // Several threads may each have a stream of their own.
  virtual std::unique_ptr<Stream> open() = 0;
};

}  // namespace attnscope::cuda
