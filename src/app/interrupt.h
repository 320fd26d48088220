// Ctrl-C as a stop request: the first asks the running work to stop and tidy up, the second ends the program at once.
#pragma once
#include <atomic>
#include <stop_token>
#include <thread>

namespace attnscope {

// Blocks SIGINT and SIGTERM for the thread that makes it and all threads that it starts from then on (so make it before
// any other thread), and waits for them in a thread of its own, where anything may be called.
class InterruptWatch {
 public:
  InterruptWatch();
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

  std::stop_token stop() const { return stop_.get_token(); }
  // The signal that came, 0 while none has.
  int signal() const { return signal_.load(); }

 private:
  void watch();
  std::stop_source stop_;
  std::atomic<int> signal_{0};
  int signals_;  // signalfd
  int end_;      // eventfd, written by the destructor
  std::thread thread_;
};

}  // namespace attnscope
