#include "attention_bench/process_use.h"

#include <ctime>
#include <fstream>
#include <string>

namespace attnscope::bench {
namespace {

double seconds_of(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// "VmHWM:    1234 kB" of a file of /proc, in bytes; 0 if there is no such line.
std::int64_t kilobytes(const char* file, const std::string& name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(name + ":")) return std::stoll(line.substr(name.size() + 1)) * 1024;
  }
  return 0;
}

}  // namespace

double processor_seconds() { return seconds_of(CLOCK_PROCESS_CPUTIME_ID); }
double thread_seconds() { return seconds_of(CLOCK_THREAD_CPUTIME_ID); }
double wall_seconds() { return seconds_of(CLOCK_MONOTONIC); }

void reset_peak_memory() { std::ofstream("/proc/self/clear_refs") << 5; }  // proc(5)
std::int64_t peak_memory() { return kilobytes("/proc/self/status", "VmHWM"); }
std::int64_t free_memory() { return kilobytes("/proc/meminfo", "MemAvailable"); }

}  // namespace attnscope::bench
