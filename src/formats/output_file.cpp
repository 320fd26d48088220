#include "formats/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "core/error.h"

namespace attnscope {
namespace {

namespace fs = std::filesystem;

// The file that a link points to, and a plain path as it is.
fs::path resolve(const fs::path& target) {
  std::error_code ignored;
  fs::path resolved =
      fs::is_symlink(fs::symlink_status(target, ignored)) ? fs::weakly_canonical(target, ignored) : target;
  return resolved.empty() ? target : resolved;
}

// Renaming over a device or a pipe would replace it, so they are refused.
void check_replaceable(const fs::path& target) {
  std::error_code ignored;
  const fs::file_status status = fs::status(target, ignored);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    throw InputError(target.string() + ": is not a regular file, so it cannot be written as one");
  }
  if (!target.has_filename()) throw InputError("the output needs a file name, not " + target.string());
}

fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

fs::path temporary_name(const fs::path& target, int number) {
  std::string name = ".";
  for (const std::string& part : {target.filename().string().substr(0, 100), std::to_string(::getpid()),
                                  std::to_string(number), std::string("part")}) {
    if (name.size() > 1) name += '.';
    name += part;
  }
  return folder_of(target) / name;
}

// Makes a rename durable. Not every file system can sync a folder; the rename has happened all the same.
void sync_folder(const fs::path& folder) {
  const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) return;
  ::fsync(handle);
  ::close(handle);
}

}  // namespace

OutputFile::OutputFile(const fs::path& target) : target_(resolve(target)) {
  check_replaceable(target_);
  for (int number = 0; file_ < 0; ++number) {
    temporary_ = temporary_name(target_, number);
    file_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file_ >= 0 || errno == EEXIST) continue;
    const int reason = errno;
    const std::string message = target_.string() + ": cannot be written: " + std::strerror(reason);
    if (reason == ENOENT || reason == ENOTDIR || reason == EACCES || reason == EROFS || reason == ENAMETOOLONG) {
      throw InputError(message);
    }
    throw Error(message);
  }
}

OutputFile::~OutputFile() {
  if (file_ < 0) return;
  ::close(file_);
  ::unlink(temporary_.c_str());
}

void OutputFile::fail(int reason, const char* what) const {
  if (reason == ENOSPC || reason == EDQUOT || reason == EFBIG) {
    throw Error(target_.string() + ": no space left for it (" + std::strerror(reason) + ")");
  }
  throw Error(target_.string() + ": cannot be " + what + ": " + std::strerror(reason));
}

void OutputFile::reserve(std::uint64_t bytes) {
  if (bytes == 0) return;
  int result = -1;
  do {
    result = ::fallocate(file_, 0, 0, static_cast<off_t>(bytes));
  } while (result != 0 && errno == EINTR);
  if (result == 0) return;
  if (errno != EOPNOTSUPP && errno != ENOSYS) fail(errno, "written");
  if (::ftruncate(file_, static_cast<off_t>(bytes)) != 0) fail(errno, "written");
}

void OutputFile::write(std::uint64_t offset, std::span<const std::byte> data) {
  constexpr std::size_t most = std::size_t{1} << 30U;  // one call writes less than 2 GiB
  while (!data.empty()) {
    const ssize_t count = ::pwrite(file_, data.data(), std::min(data.size(), most), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(errno, "written");
    if (count == 0) fail(ENOSPC, "written");
    data = data.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
}

void OutputFile::finish() {
  if (::fsync(file_) != 0) fail(errno, "made durable");
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail(errno, "renamed from its temporary name");
  // The name is given: from here on nothing is taken back.
  ::close(file_);
  file_ = -1;
  sync_folder(folder_of(target_));
}

}  // namespace attnscope
