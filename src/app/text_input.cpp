#include "app/text_input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <istream>
#include <system_error>
#include <utility>

#include "app/fd_streams.h"
#include "core/error.h"
#include "formats/text_file.h"

namespace attnscope {
namespace {

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

}  // namespace

std::string read_text(Context& context, const std::string& file) {
  if (file.empty() || file == "-") {
    if (context.console().in_is_terminal) context.log().info("reading a text from the terminal, up to Ctrl-D");
    return read_text_stream(context.console().in, "standard input");
  }
  const OpenFile opened(file);
  if (opened.is_folder()) throw InputError(file + ": is a folder, not a text");
  FdInput buffer(opened.number(), file, context.surroundings().stop);
  std::istream in(&buffer);
  return read_text_stream(in, file);
}

}  // namespace attnscope
