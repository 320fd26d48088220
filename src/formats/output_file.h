// A file that appears under its name only when it is whole: written under a temporary name beside it, renamed at the
// end. What is in it is left to the writers of the formats.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace attnscope {

// Until finish() the target is untouched, whatever happens: an exception removes the temporary file
// (".NAME.PROCESS.NUMBER.part"), a killed process leaves at most that. One thread at a time.
class OutputFile {
 public:
  // Throws InputError where the target cannot be a file of ours (a folder, a device, a folder that is not there), Error
  // where the system refuses. A target that is a symbolic link stays one: what it points to is replaced.
  explicit OutputFile(const std::filesystem::path& target);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // Gives the file this length and takes the space now where the file system can; throws Error where there is not
  // enough.
  void reserve(std::uint64_t bytes);
  // Writes at `offset` from the start; throws Error, which names the target, where the disk is full or fails.
  void write(std::uint64_t offset, std::span<const std::byte> data);
  // Makes the content durable, then gives it the name. Throws Error; the target is then what it was before.
  void finish();

 private:
  [[noreturn]] void fail(int reason, const char* what) const;

  std::filesystem::path target_, temporary_;
  int file_ = -1;
};

}  // namespace attnscope
