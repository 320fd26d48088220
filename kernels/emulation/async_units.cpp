#include "kernels/emulation/async_units.h"

#include <algorithm>

namespace attnscope::emulation {

std::size_t AsyncUnits::oldest_free() const {
  const auto found = std::find_if(waiting_.begin(), waiting_.end(), [](const Work& work) { return !work.queue; });
  return found == waiting_.end() ? 0 : static_cast<std::size_t>(found - waiting_.begin());
}

std::size_t AsyncUnits::newest_queued() const {
  const auto found = std::find_if(waiting_.rbegin(), waiting_.rend(), [](const Work& work) { return !!work.queue; });
  return found == waiting_.rend() ? waiting_.size() - 1 : static_cast<std::size_t>(waiting_.rend() - found) - 1;
}

void AsyncUnits::finish(std::size_t place) {
  const std::optional<unsigned> queue = waiting_[place].queue;
  auto work = waiting_.begin() + static_cast<std::ptrdiff_t>(place);
  if (queue)
    work = std::find_if(waiting_.begin(), waiting_.end(), [&](const Work& other) { return other.queue == queue; });
  work->act();  // stays here until it is done, since it may leave by an error
  waiting_.erase(work);
}

}  // namespace attnscope::emulation
