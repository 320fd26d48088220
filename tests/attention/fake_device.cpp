#include "fake_device.h"

#include <cstring>
#include <string>

#include "attention/device_error.h"

namespace attnscope::test {
namespace {

class FakeQueue final : public cuda::Queue {
 public:
  explicit FakeQueue(FakeDevice& device) : device_(device) {}
  ~FakeQueue() override { FakeQueue::finish(); }
  FakeQueue(const FakeQueue&) = delete;
  FakeQueue& operator=(const FakeQueue&) = delete;

  void* allocate(std::size_t bytes) override { return memory_.emplace_back(device_.allocate(bytes)).get(); }
  void upload(void* to, const void* from, std::size_t bytes) override {
    const auto* begin = static_cast<const std::byte*>(from);
    waiting_.push_back({to, {begin, begin + bytes}});
  }
  void upload_rows(cuda::Rows<std::byte> to, cuda::Rows<const std::byte> from, std::size_t row_bytes,
                   std::size_t rows) override {
    ++device_.matrices;
    std::vector<std::byte> laid_out(to.pitch * rows);
    for (std::size_t r = 0; r < rows; ++r)
      std::memcpy(laid_out.data() + r * to.pitch, from.data + r * from.pitch, row_bytes);
    waiting_.push_back({to.data, std::move(laid_out)});
  }
  void download(void* to, const void* from, std::size_t bytes) override {
    finish();
    if (bytes > 0) std::memcpy(to, from, bytes);
  }
  void finish() override {
    for (const Upload& upload : waiting_) {
      if (!upload.bytes.empty()) std::memcpy(upload.to, upload.bytes.data(), upload.bytes.size());
    }
    waiting_.clear();
  }
  DescribeMatrix describe_matrix() const override { return device_.describe; }
  int blocks_at_once(const cuda::Launch& /*launch*/) override { return device_.at_once; }
  double run(const cuda::Launch& /*launch*/, int first, int count, const Job& /*job*/) override {
    finish();
    const double seconds = device_.seconds_of(first, count);
    device_.parts.push_back({first, count, seconds});
    return seconds;
  }

 private:
  struct Upload {
    void* to;
    std::vector<std::byte> bytes;
  };

  FakeDevice& device_;
  std::vector<std::shared_ptr<void>> memory_;
  std::vector<Upload> waiting_;
};

}  // namespace

std::unique_ptr<cuda::Queue> FakeDevice::open() { return std::make_unique<FakeQueue>(*this); }

std::shared_ptr<void> FakeDevice::allocate(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  if (allocated + bytes > memory) throw DeviceOutOfMemory("fake: " + std::to_string(bytes) + " bytes");
  allocated += bytes;
  most_allocated = std::max(most_allocated.load(), allocated.load());
  const auto room = std::make_shared<std::vector<std::byte>>(bytes + 1);
  return {room->data(), [this, bytes, room](void* /*freed*/) { allocated -= bytes; }};
}

}  // namespace attnscope::test
