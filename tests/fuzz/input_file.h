// The bytes of a fuzzer as a file, for readers that open a path.
#pragma once
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace attnscope {

// A file in memory; it is gone with the object, mappings of it live on.
class InputFile {
 public:
  InputFile(const std::uint8_t* data, std::size_t size) : file_(::memfd_create("input", MFD_CLOEXEC)) {
    if (file_ < 0) std::abort();
    while (size > 0) {
      const ssize_t count = ::write(file_, data, size);
      if (count <= 0) std::abort();
      data += count;
      size -= static_cast<std::size_t>(count);
    }
  }
  ~InputFile() { ::close(file_); }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  int file_;
};

}  // namespace attnscope
