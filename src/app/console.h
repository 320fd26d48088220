// Where a command reads and writes: the standard streams of the process, or strings in a test.
#pragma once
#include <istream>
#include <ostream>

namespace attnscope {

// A failed write throws from the stream itself (see fd_streams.h), so commands need not ask.
struct Console {
  std::istream& in;
  std::ostream& out;  // results
  std::ostream& err;  // progress and messages
  bool in_is_terminal = false;
  bool err_is_terminal = false;
  int width = 80;       // columns of the terminal, for bars
  bool colour = false;  // results may be coloured
};

}  // namespace attnscope
