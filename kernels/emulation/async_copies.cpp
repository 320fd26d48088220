#include "kernels/emulation/async_copies.h"

#include <cstdint>
#include <cstring>
#include <utility>

#include "kernels/emulation/block.h"

namespace attnscope::emulation {
namespace {

void land(const AsyncCopy& copy) {
  if (copy.from == nullptr) {
    std::memset(copy.to, 0, copy.bytes);
  } else {
    std::memcpy(copy.to, copy.from, copy.bytes);
  }
}

}  // namespace

void async_copy(void* to, const void* from, std::size_t bytes) {
  Block& block = Block::current();
  block.shared_offset(to, bytes, bytes, "cp.async");
  if (reinterpret_cast<std::uintptr_t>(from) % bytes != 0) block.fail({"cp.async: a misaligned address in memory"});
  block.counters().async_bytes += bytes;
  const AsyncCopy copy{to, from, bytes};
  if (!block.schedule().late_copies) return land(copy);
  std::memset(to, 0xff, bytes);
  block.thread().open_copies.push_back(copy);
}

void async_commit() {
  Thread& thread = Block::current().thread();
  thread.copy_groups.push_back(std::exchange(thread.open_copies, {}));
}

void async_wait(std::size_t keep) {
  auto& groups = Block::current().thread().copy_groups;
  if (groups.size() <= keep) return;
  const auto landing = static_cast<std::ptrdiff_t>(groups.size() - keep);
  for (auto group = groups.begin(); group != groups.begin() + landing; ++group) {
    for (const AsyncCopy& copy : *group) land(copy);
  }
  groups.erase(groups.begin(), groups.begin() + landing);
}

}  // namespace attnscope::emulation
