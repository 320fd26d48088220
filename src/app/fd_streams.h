// Stream buffers over file descriptors that say why a write failed and that can be stopped while they wait for input.
#pragma once
#include <array>
#include <stop_token>
#include <streambuf>
#include <string>
#include <vector>

#include "core/error.h"

namespace attnscope {

// Whoever read the output has gone: nothing is wrong, and nothing more needs to be written.
class OutputClosed : public Error {
 public:
  OutputClosed() : Error("the reader of the output has gone") {}
};

// Buffered output. A write that fails throws OutputClosed (EPIPE) or Error with the system's reason; std::ostream
// passes it on if its exceptions() hold badbit. `name` is what messages call it.
class FdOutput : public std::streambuf {
 public:
  FdOutput(int file, std::string name);
  // Unwritten bytes are dropped: sync() is how to learn that everything has been written.
  ~FdOutput() override = default;
  FdOutput(const FdOutput&) = delete;
  FdOutput& operator=(const FdOutput&) = delete;

 protected:
  int_type overflow(int_type c) override;
  int sync() override;

 private:
  void write_out();
  int file_;
  std::string name_;
  std::vector<char> buffer_;
};

// Buffered input that throws Stopped when the stop comes while it waits, Error where reading fails.
class FdInput : public std::streambuf {
 public:
  FdInput(int file, std::string name, std::stop_token stop);

 protected:
  int_type underflow() override;

 private:
  int file_;
  std::string name_;
  std::stop_token stop_;
  std::vector<char> buffer_;
};

}  // namespace attnscope
