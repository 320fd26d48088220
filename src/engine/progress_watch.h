// Tells, from a thread of its own, when a progress has moved by a hundredth: whoever draws it need not ask all the
// time.
#pragma once
#include <functional>
#include <thread>

#include "core/jobs.h"

namespace attnscope {

// Watches from its making to its end; both arguments must outlive it.
class ProgressWatch {
 public:
  ProgressWatch(const Progress& progress, const std::function<void()>& wake);

 private:
  std::jthread thread_;
};

}  // namespace attnscope
