#include "fake_device.h"

#include <cstring>
#include <string>

#include "attention/device_error.h"

namespace attnscope::test {
namespace {

class FakeQueue final : public cuda::Queue {
 public:
  explicit FakeQueue(FakeDevice& device) : device_(device) {}

  void* allocate(std::size_t bytes) override { return memory_.emplace_back(device_.allocate(bytes)).get(); }
  void upload(void* to, const void* from, std::size_t bytes) override {
    if (bytes > 0) std::memcpy(to, from, bytes);
  }
  void upload_rows(cuda::Rows<std::byte> to, cuda::Rows<const std::byte> from, std::size_t row_bytes,
                   std::size_t rows) override {
    ++device_.matrices;
    std::memset(to.data, 0, to.pitch * rows);
    for (std::size_t r = 0; r < rows; ++r) std::memcpy(to.data + r * to.pitch, from.data + r * from.pitch, row_bytes);
  }
  void download(void* to, const void* from, std::size_t bytes) override {
    if (bytes > 0) std::memcpy(to, from, bytes);
  }
  void finish() override {}
  int blocks_at_once(const cuda::Launch& /*launch*/) override { return device_.at_once; }
  double run(const cuda::Launch& /*launch*/, int first, int count, const Job& /*job*/) override {
    const double seconds = device_.seconds_of(first, count);
    device_.parts.push_back({first, count, seconds});
    return seconds;
  }

 private:
  FakeDevice& device_;
  std::vector<std::shared_ptr<void>> memory_;
};

}  // namespace

std::unique_ptr<cuda::Queue> FakeDevice::open() { return std::make_unique<FakeQueue>(*this); }

std::shared_ptr<void> FakeDevice::allocate(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  if (allocated + bytes > memory) throw DeviceOutOfMemory("fake: " + std::to_string(bytes) + " bytes");
  allocated += bytes;
  most_allocated = std::max(most_allocated.load(), allocated.load());
  return {new std::byte[bytes + 1](), [this, bytes](void* freed) {
            delete[] static_cast<std::byte*>(freed);
            allocated -= bytes;
          }};
}

}  // namespace attnscope::test
