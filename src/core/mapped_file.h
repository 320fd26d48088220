// A file's bytes in memory, read by the kernel when they are touched.
#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

namespace attnscope {

class MappedFile {
 public:
  // Maps a whole regular file for reading. Throws InputError for a path that is not there, not readable or not a
  // regular file, Error where the system refuses. An empty file gives an empty span.
  static std::shared_ptr<const MappedFile> open(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  const std::filesystem::path& path() const { return path_; }

 private:
  MappedFile(std::filesystem::path path, std::byte* data, std::size_t size)
      : path_(std::move(path)), data_(data), size_(size) {}
  std::filesystem::path path_;
  std::byte* data_;  // mapped for reading only
  std::size_t size_;
};

}  // namespace attnscope
