#include "app/text_input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <istream>
#include <string_view>
#include <system_error>
#include <utility>

#include "app/fd_streams.h"
#include "core/error.h"

namespace attnscope {
namespace {

constexpr std::size_t probe_bytes = 8 * 1024;
constexpr std::size_t most_bytes = std::size_t{1} << 30;

// A file that is closed when this goes.
class OpenFile {
 public:
  // A pipe that nobody writes to yet must not hold up the opening: reading waits, and can be stopped.
  explicit OpenFile(const std::string& path) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (file_ < 0) throw InputError(path + ": " + std::generic_category().message(errno));
  }
  ~OpenFile() { ::close(file_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int number() const { return file_; }
  bool is_folder() const {
    struct stat status {};
    return ::fstat(file_, &status) == 0 && S_ISDIR(status.st_mode);
  }

 private:
  int file_;
};

std::string read_all(std::istream& in, const std::string& name) {
  in.exceptions(std::ios::badbit);
  std::string text;
  std::array<char, 64 * 1024> part{};
  while (in.read(part.data(), part.size()), in.gcount() > 0) {
    const std::string_view read(part.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() < probe_bytes) {
      const std::size_t nul = read.substr(0, probe_bytes - text.size()).find('\0');
      if (nul != std::string_view::npos) {
        throw InputError(name + ": not a text: a NUL byte at byte " + std::to_string(text.size() + nul));
      }
    }
    if (text.size() + read.size() > most_bytes)
      throw InputError(name + ": larger than 1 GiB, which no text here may be");
    text += read;
  }
  if (text.empty()) throw InputError(name + ": empty; there is no text to read");
  return text;
}

}  // namespace

std::string read_text(Context& context, const std::string& file) {
  if (file.empty() || file == "-") {
    if (context.console().in_is_terminal) context.log().info("reading a text from the terminal, up to Ctrl-D");
    return read_all(context.console().in, "standard input");
  }
  const OpenFile opened(file);
  if (opened.is_folder()) throw InputError(file + ": is a folder, not a text");
  FdInput buffer(opened.number(), file, context.surroundings().stop);
  std::istream in(&buffer);
  return read_all(in, file);
}

}  // namespace attnscope
