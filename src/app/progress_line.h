// A long call's progress on standard error: one line that is rewritten on a terminal, else a line every few seconds.
#pragma once
#include <string>
#include <thread>

#include "app/context.h"
#include "core/jobs.h"

namespace attnscope {

// Shows from its making to its end. Says nothing at all about a call that takes less than a second.
class ProgressLine {
 public:
  // `what` is being done, as in "capturing".
  ProgressLine(Context& context, std::string what);
  Progress& progress() { return progress_; }
  // Takes the line away; so does the end of its life.
  void end();

 private:
  void show(const std::stop_token& ended);
  Context& context_;
  std::string what_;
  Progress progress_;
  std::jthread thread_;  // the last member: it uses the others
};

// "43 %, 12 s left"; without a guess of the time while nothing is done.
std::string describe_progress(double share, double elapsed_seconds);

}  // namespace attnscope
