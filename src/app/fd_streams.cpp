#include "app/fd_streams.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace attnscope {
namespace {

constexpr std::size_t buffer_bytes = 64 * 1024;
constexpr int stop_check_ms = 50;  // longest wait before a stop is seen

std::string reason(int code) { return std::generic_category().message(code); }

}  // namespace

FdOutput::FdOutput(int file, std::string name) : file_(file), name_(std::move(name)), buffer_(buffer_bytes) {
  setp(buffer_.data(), buffer_.data() + buffer_.size());
}

void FdOutput::write_out() {
  const char* next = pbase();
  const char* const end = pptr();
  setp(buffer_.data(), buffer_.data() + buffer_.size());  // what cannot be written is dropped
  while (next != end) {
    const ssize_t written = ::write(file_, next, static_cast<std::size_t>(end - next));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EPIPE) throw OutputClosed();
    if (written < 0) throw Error("cannot write to " + name_ + ": " + reason(errno));
    next += written;
  }
}

FdOutput::int_type FdOutput::overflow(int_type c) {
  write_out();
  if (c != traits_type::eof()) sputc(traits_type::to_char_type(c));
  return traits_type::not_eof(c);
}

int FdOutput::sync() {
  write_out();
  return 0;
}

FdInput::FdInput(int file, std::string name, std::stop_token stop)
    : file_(file), name_(std::move(name)), stop_(std::move(stop)), buffer_(buffer_bytes) {}

FdInput::int_type FdInput::underflow() {
  while (true) {
    if (stop_.stop_requested()) throw Stopped();
    pollfd wait{file_, POLLIN, 0};
    const int ready = ::poll(&wait, 1, stop_check_ms);
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    const ssize_t got = ::read(file_, buffer_.data(), buffer_.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) throw InputError("cannot read " + name_ + ": " + reason(errno));
    if (got == 0) return traits_type::eof();
    setg(buffer_.data(), buffer_.data(), buffer_.data() + got);
    return traits_type::to_int_type(buffer_.front());
  }
}

}  // namespace attnscope
