// What the drivers of the ops work with: one call of an op on a device, with the copies of layers that the device holds
// and the launcher that all its calls share.
#pragma once
#include <memory>
#include <utility>
#include <vector>

#include "attention/cuda/device.h"
#include "attention/cuda/launch.h"
#include "attention/cuda/layer_copies.h"

namespace attnscope::cuda {

// Throws as queues do (device.h), but DeviceOutOfMemory only where no idle copy of a layer is left to make room.
class Stream {
 public:
  Stream(Device& device, LayerCopies& copies, Launcher& launcher)
      : copies_(copies), launcher_(launcher), queue_(device.open()) {}

  // Lives as long as the stream. Aligned to 256 bytes, never null.
  void* allocate(std::size_t bytes);
  void upload(void* to, const void* from, std::size_t bytes) { queue_->upload(to, from, bytes); }
  void upload_rows(Rows<std::byte> to, Rows<const std::byte> from, std::size_t row_bytes, std::size_t rows) {
    queue_->upload_rows(to, from, row_bytes, rows);
  }
  // The copy of a whole matrix of a layer, in use until the stream ends; null where it does not fit.
  const void* layer_copy(const CopyKey& key, const MatrixView& matrix);
  // Returns when the bytes are there.
  void download(void* to, const void* from, std::size_t bytes) { queue_->download(to, from, bytes); }

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
  // See Launcher.
  template <class Parameters>
  void launch(const kernels::KernelChoice& kernel, const Parameters& parameters, int blocks, std::size_t shared_bytes,
              double block_work, const Job& job) {
    seconds_ +=
        launcher_.launch(*queue_, {kernel, &parameters, sizeof(Parameters), blocks, shared_bytes, block_work}, job);
  }

  using DescribeMatrix = Queue::DescribeMatrix;
  DescribeMatrix describe_matrix() const { return queue_->describe_matrix(); }

  // That all launches so far took on the device.
  double seconds() const { return seconds_; }

 private:
  LayerCopies& copies_;
  Launcher& launcher_;
  std::vector<std::shared_ptr<const void>> used_;  // let go after the queue, which waits for what reads them
  std::unique_ptr<Queue> queue_;
  double seconds_ = 0;
};

}  // namespace attnscope::cuda
