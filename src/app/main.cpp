// The program: its streams, signals and environment for run_command_line().
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

#include "app/command_line.h"
#include "app/fd_streams.h"
#include "app/interrupt.h"

namespace {

// Columns of the terminal on standard output, 80 where there is none.
int terminal_width() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

// Where the caller closed a standard stream, the next file to be opened would take its number. Each gets a file that
// refuses what the stream is for, so that using it fails and says so.
void hold_closed_streams() {
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(file, F_GETFD) < 0) ::open("/dev/null", file == STDOUT_FILENO ? O_RDONLY : O_WRONLY);
  }
}

int run(const std::vector<std::string>& arguments) {
  using namespace attnscope;
  hold_closed_streams();
  std::signal(SIGPIPE, SIG_IGN);  // a write fails instead, and says why
  std::signal(SIGXFSZ, SIG_IGN);
  const InterruptWatch interrupts;
  const Environment environment = process_environment();

  FdInput in_buffer(STDIN_FILENO, "standard input", interrupts.stop());
  FdOutput out_buffer(STDOUT_FILENO, "standard output");
  std::istream in(&in_buffer);
  std::ostream out(&out_buffer);
  out.exceptions(std::ios::badbit);
  const bool colour = ::isatty(STDOUT_FILENO) != 0 && !environment("NO_COLOR");
  const Console console{
      in, out, std::cerr, ::isatty(STDIN_FILENO) != 0, ::isatty(STDERR_FILENO) != 0, terminal_width(), colour};
  const int code = run_command_line(
      arguments, console,
      {find_places(environment, program_path()), environment("ATTNSCOPE_BACKEND").value_or(""), interrupts.stop()});
  return interrupts.signal() != 0 && code == 130 ? 128 + interrupts.signal() : code;
}

}  // namespace

int main(int count, char** words) {
  try {
    return run({words + 1, words + count});
  } catch (const std::exception& error) {
    std::cerr << "attnscope: " << error.what() << '\n';
    return 1;
  }
}
