#include "app/interrupt.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "core/error.h"

namespace attnscope {
namespace {

sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGHUP);
  return set;
}

// A signalfd for the watched signals, which no longer interrupt this thread and those that it starts.
int block_and_listen() {
  const sigset_t set = watched_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return ::signalfd(-1, &set, SFD_CLOEXEC);
}

// Ends the process the way the signal would have without us.
void die_of(int signal) {
  std::signal(signal, SIG_DFL);
  const sigset_t set = watched_signals();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  ::kill(::getpid(), signal);
}

}  // namespace

InterruptWatch::InterruptWatch() : signals_(block_and_listen()), end_(::eventfd(0, EFD_CLOEXEC)) {
  if (signals_ < 0 || end_ < 0) {
    throw Error("cannot watch for signals: " + std::generic_category().message(errno));
  }
  thread_ = std::thread([this] { watch(); });
}

InterruptWatch::~InterruptWatch() {
  const std::uint64_t one = 1;
  // An eventfd takes a single 1 whatever happens.
  [[maybe_unused]] const ssize_t written = ::write(end_, &one, sizeof one);
  thread_.join();
  ::close(signals_);
  ::close(end_);
}

void InterruptWatch::watch() {
  while (true) {
    std::array<pollfd, 2> wait{{{signals_, POLLIN, 0}, {end_, POLLIN, 0}}};
    if (::poll(wait.data(), wait.size(), -1) < 0) continue;
    if (wait[1].revents != 0) return;
    signalfd_siginfo info{};
    if (::read(signals_, &info, sizeof info) != sizeof info) continue;
    const int number = static_cast<int>(info.ssi_signo);
    if (signal_.load() != 0) die_of(number);
    signal_.store(number);
    stop_.request_stop();
  }
}

}  // namespace attnscope
