#include "app/fd_streams.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <istream>
#include <ostream>
#include <thread>

namespace attnscope {
namespace {

class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe(ends_.data()), 0); }
  ~Pipe() {
    close_reader();
    close_writer();
  }
  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }
  void close_reader() { close_end(0); }
  void close_writer() { close_end(1); }

 private:
  void close_end(std::size_t end) {
    if (ends_.at(end) >= 0) ::close(ends_.at(end));
    ends_.at(end) = -1;
  }
  std::array<int, 2> ends_{-1, -1};
};

TEST(FdOutput, WritesMoreThanItsBufferHolds) {
  Pipe pipe;
  const std::string text(300'000, 'x');
  std::thread writer([&] {
    FdOutput buffer(pipe.writer(), "pipe");
    std::ostream out(&buffer);
    out << text << std::flush;
    pipe.close_writer();
  });
  FdInput buffer(pipe.reader(), "pipe", {});
  std::istream in(&buffer);
  const std::string read(std::istreambuf_iterator<char>(in), {});
  writer.join();
  EXPECT_EQ(read, text);
}

TEST(FdOutput, ThrowsOutputClosedWhereTheReaderHasGone) {
  std::signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  pipe.close_reader();
  FdOutput buffer(pipe.writer(), "pipe");
  std::ostream out(&buffer);
  out.exceptions(std::ios::badbit);
  out << "x";
  EXPECT_THROW(out.flush(), OutputClosed);
}

TEST(FdOutput, SaysThatTheDiskIsFull) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  FdOutput buffer(full, "standard output");
  std::ostream out(&buffer);
  out.exceptions(std::ios::badbit);
  out << "x";
  try {
    out.flush();
    FAIL() << "a write to a full disk must fail";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "cannot write to standard output: No space left on device");
  }
  ::close(full);
}

TEST(FdInput, ThrowsStoppedWhileItWaits) {
  Pipe pipe;
  std::stop_source stop;
  FdInput buffer(pipe.reader(), "pipe", stop.get_token());
  std::istream in(&buffer);
  in.exceptions(std::ios::badbit);
  std::thread stopper([&] { stop.request_stop(); });
  char c = 0;
  EXPECT_THROW(in.get(c), Stopped);
  stopper.join();
}

TEST(FdInput, SaysWhyReadingFails) {
  Pipe pipe;
  const int closed = pipe.reader();
  pipe.close_reader();
  FdInput buffer(closed, "standard input", {});
  std::istream in(&buffer);
  in.exceptions(std::ios::badbit);
  char c = 0;
  EXPECT_THROW(in.get(c), InputError);
}

}  // namespace
}  // namespace attnscope
