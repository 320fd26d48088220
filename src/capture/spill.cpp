#include "capture/spill.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/mapped_file.h"

namespace attnscope {
namespace {

constexpr std::size_t alignment = 64;

std::size_t aligned(std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }

// A file that has lost its name already.
class NamelessFile {
 public:
  NamelessFile(const std::filesystem::path& folder, std::size_t bytes) : folder_(folder) {
    std::string name = (folder / "attnscope-XXXXXX").string();
    file_ = ::mkostemp(name.data(), O_CLOEXEC);
    if (file_ < 0) fail(errno, bytes);
    ::unlink(name.c_str());
    const int reason = ::posix_fallocate(file_, 0, static_cast<off_t>(bytes));
    if (reason != 0) {
      ::close(file_);
      fail(reason, bytes);
    }
  }
  ~NamelessFile() { ::close(file_); }
  NamelessFile(const NamelessFile&) = delete;
  NamelessFile& operator=(const NamelessFile&) = delete;

  void write(std::size_t offset, const void* data, std::size_t bytes) {
    const auto* next = static_cast<const std::byte*>(data);
    while (bytes > 0) {
      const ssize_t written = ::pwrite(file_, next, bytes, static_cast<off_t>(offset));
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) fail(errno, bytes);
      const auto done = static_cast<std::size_t>(written);
      next += done;
      offset += done;
      bytes -= done;
    }
  }
  std::shared_ptr<const MappedFile> map() const {
    return MappedFile::open("/proc/self/fd/" + std::to_string(file_));  // proc(5): opens the file itself
  }

 private:
  [[noreturn]] void fail(int reason, std::size_t bytes) const {
    throw Error(folder_.string() + ": cannot take " + std::to_string(bytes) +
                " bytes of a layer that does not fit the memory budget: " + std::strerror(reason));
  }

  std::filesystem::path folder_;
  int file_ = -1;
};

}  // namespace

std::shared_ptr<const Layer> spill_layer(const Layer& layer, const std::filesystem::path& folder) {
  auto spilled = std::make_shared<Layer>(layer);
  std::vector<Tensor*> tensors = {&spilled->q, &spilled->k, &spilled->v};
  if (spilled->lse) tensors.push_back(&*spilled->lse);
  std::size_t total = 0;
  for (const Tensor* tensor : tensors) total += aligned(tensor->bytes());
  NamelessFile file(folder, total);
  std::size_t offset = 0;
  for (const Tensor* tensor : tensors) {
    file.write(offset, tensor->data(), tensor->bytes());
    offset += aligned(tensor->bytes());
  }
  const std::shared_ptr<const MappedFile> mapped = file.map();
  offset = 0;
  for (Tensor* tensor : tensors) {
    const std::size_t bytes = tensor->bytes();
    *tensor = Tensor::borrow(mapped, mapped->bytes().data() + offset, tensor->dtype(), tensor->blocks(), tensor->rows(),
                             tensor->cols());
    offset += aligned(bytes);
  }
  return spilled;
}

}  // namespace attnscope
