// Runs the program itself, for what only a process shows: its streams, its signals, what it takes.
#pragma once
#include <sys/resource.h>

#include <functional>
#include <string>
#include <vector>

namespace attnscope {

struct ProcessResult {
  int code = -1;    // exit code; -1 where a signal ended it
  int signal = 0;   // that signal
  std::string err;  // standard error
  rusage used{};
};

struct ProcessSetting {
  std::function<void()> prepare;     // runs in the child before the program: sets its streams and limits
  std::function<void(int)> running;  // runs in the test while the program does, with its process id
};

ProcessResult run_process(const std::vector<std::string>& words, const ProcessSetting& setting = {});

}  // namespace attnscope
