#include "process.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace attnscope {
namespace {

[[noreturn]] void become_program(const std::vector<std::string>& words, int err, const ProcessSetting& setting) {
  ::dup2(err, STDERR_FILENO);
  if (setting.prepare) setting.prepare();
  std::vector<std::string> all = {ATTNSCOPE_PROGRAM};
  all.insert(all.end(), words.begin(), words.end());
  std::vector<char*> arguments;
  arguments.reserve(all.size() + 1);
  for (std::string& word : all) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(ATTNSCOPE_PROGRAM, arguments.data());
  ::_exit(99);
}

}  // namespace

ProcessResult run_process(const std::vector<std::string>& words, const ProcessSetting& setting) {
  std::array<int, 2> err{};
  ProcessResult result;
  if (::pipe(err.data()) != 0) return result;
  const pid_t child = ::fork();
  if (child == 0) become_program(words, err[1], setting);
  ::close(err[1]);
  if (setting.running) setting.running(child);
  std::array<char, 4096> part{};
  for (ssize_t got = 0; (got = ::read(err[0], part.data(), part.size())) > 0;) {
    result.err.append(part.data(), static_cast<std::size_t>(got));
  }
  ::close(err[0]);
  int status = 0;
  ::wait4(child, &status, 0, &result.used);
  if (WIFEXITED(status)) result.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  return result;
}

}  // namespace attnscope
