// The matrices of layers that lie in a device's memory, so that a layer is uploaded once and not for every op.
#pragma once
#include <atomic>
#include <compare>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>

#include "attention/cuda/device.h"
#include "core/view.h"

namespace attnscope::cuda {

enum class LayerPart : std::uint8_t { q, k, v };

// One matrix of a published layer, by the layer's id, and how its rows lie on the device.
struct CopyKey {
  std::uint64_t layer = 0;
  LayerPart part = LayerPart::q;
  std::int64_t head = 0;  // of k and v: KV head
  std::size_t pitch = 0;  // bytes from row to row
  friend auto operator<=>(const CopyKey&, const CopyKey&) = default;
};

// Holds at most the device's layer_budget(). What was used longest ago goes first, what an op uses never. Safe for use
// from several threads; one uploads at a time.
class LayerCopies {
 public:
  explicit LayerCopies(Device& device) : device_(device), budget_(device.layer_budget()) {}

  // The copy of a whole matrix, made by `queue` where there is none yet, zeros between its rows; in use as long as the
  // pointer lives. Null where it does not fit beside what is in use. Throws as queues do, but DeviceOutOfMemory only
  // where nothing more could be freed.
  std::shared_ptr<const void> get(const CopyKey& key, const MatrixView& matrix, Queue& queue);

  // Frees what no op uses; returns whether that was anything.
  bool free_idle();
  // The same, at the next get(): freeing can take long.
  void free_idle_later() { free_later_ = true; }

  std::size_t bytes() const;

 private:
  struct Copy {
    CopyKey key;
    std::shared_ptr<void> memory;
    std::size_t bytes;
  };
  bool drop_idle(std::size_t wanted);
  std::shared_ptr<void> allocate(std::size_t bytes);

  Device& device_;
  const std::size_t budget_;
  std::atomic<bool> free_later_ = false;
  mutable std::mutex mutex_;
  std::size_t bytes_ = 0;
  std::list<Copy> copies_;  // used last first
  std::map<CopyKey, std::list<Copy>::iterator> places_;
};

}  // namespace attnscope::cuda
