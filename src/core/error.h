// What goes wrong, as types: the command line turns them into one line and an exit code. Messages say what, where and
// what would be right, without a trailing full stop.
#pragma once
#include <stdexcept>
#include <string>

namespace attnscope {

// A failure that is not the input's: no space, no memory, no display. Exit code 1.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The input or the request is wrong. Exit code 2.
class InputError : public Error {
 public:
  using Error::Error;
};

// The file is of another format: the caller may try the next reader.
class NotThisFormat : public InputError {
 public:
  using InputError::InputError;
};

// The file is of this format and breaks its rules: no other reader will do better.
class BrokenFile : public InputError {
 public:
  using InputError::InputError;
};

// The work was asked to stop before it was done. Exit code 130 after Ctrl-C.
class Stopped : public Error {
 public:
  Stopped() : Error("stopped") {}
};

}  // namespace attnscope
