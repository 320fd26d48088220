#include "kernels/emulation/block.h"

#include <bit>
#include <cstring>
#include <utility>

#include "core/error.h"

namespace attnscope::emulation {
namespace {

thread_local Block* current_block = nullptr;

}  // namespace

Block::Block(const BlockShape& shape, const Schedule& schedule, std::stop_token stop, std::byte* shared,
             const std::function<void()>& body, std::vector<std::unique_ptr<Fiber>>& fibers)
    : shape_(shape),
      schedule_(schedule),
      stop_(std::move(stop)),
      shared_(shared),
      body_(body),
      threads_(shape.threads),
      warps_(shape.threads / 32),
      alive_(shape.threads),
      random_((0x9e3779b97f4a7c15U * (shape.index + 1)) ^ schedule.seed) {
  while (fibers.size() < shape.threads) fibers.push_back(std::make_unique<Fiber>(thread_entry));
  for (unsigned t = 0; t < shape.threads; ++t) {
    threads_[t].fiber = fibers[t].get();
    threads_[t].index = t;
  }
  for (Warp& warp : warps_) warp.ready = warp.alive = ~0U;
}

// Never inlined: a fiber may go on in another host thread than it began in, where the variable has another address, and
// the compiler keeps such addresses.
[[gnu::noinline]] Block& Block::current() { return *current_block; }

void Block::run() {
  current_block = this;
  running_ = pick();
  Fiber::hand_over(host_, *running_->fiber);
  current_block = nullptr;
  if (error_.empty() && !stopped_) return;
  for (const Thread& thread : threads_) thread.fiber->restart();  // abandoned somewhere in the kernel
  if (stopped_) throw Stopped();
  throw Error("emulated kernel: " + error_);
}

void Block::fail(std::initializer_list<std::string_view> what) {
  error_.clear();
  for (const std::string_view part : what) error_ += part;
  error_ += " (block " + std::to_string(shape_.index) + ", thread " + std::to_string(running_->index) + ")";
  leave();
  __builtin_unreachable();
}

void Block::leave_if_stopped() {
  if (!stop_.stop_requested()) return;
  stopped_ = true;
  leave();
}

void Block::leave() { Fiber::hand_over(*running_->fiber, host_); }

// A fiber lives longer than a block: its next switch after the end of a thread begins a thread of the next block.
void Block::thread_entry() {
  Fiber::entered();
  for (;;) {
    current().body_();
    current().end_thread();
  }
}

void Block::end_thread() {
  Warp& warp = warp_of(*running_);
  warp.ready &= ~lane_bit(*running_);
  warp.alive &= ~lane_bit(*running_);
  --alive_;
  if (warp.meeting.arrived != 0) fail({"a lane ends while its warp waits at ", warp.meeting.at});
  if (at_barrier_ != 0) fail({"a thread ends while others wait at a barrier"});
  if (alive_ == 0 && !units_.idle()) fail({"the block ends before its copies and products"});
  run_another();
}

std::uint64_t Block::chance() {  // xorshift (Marsaglia 2003)
  random_ ^= random_ << 13U;
  random_ ^= random_ >> 7U;
  random_ ^= random_ << 17U;
  return random_ >> 11U;
}

Thread* Block::pick() {
  const std::size_t count = warps_.size();
  const bool random = schedule_.order == Schedule::Order::random;
  const bool reverse = schedule_.order == Schedule::Order::reverse;
  const std::size_t start = random ? chance() % count : 0;
  for (std::size_t step = 0; step < count; ++step) {
    const std::size_t w = reverse ? count - 1 - step : (start + step) % count;
    const std::uint32_t ready = warps_[w].ready;
    if (ready == 0) continue;
    auto lane = static_cast<unsigned>(reverse ? 31 - std::countl_zero(ready) : std::countr_zero(ready));
    if (random) {
      const auto turn = static_cast<int>(chance() % 32);
      lane = (static_cast<unsigned>(std::countr_zero(std::rotr(ready, turn))) + static_cast<unsigned>(turn)) % 32;
    }
    return &threads_[w * 32 + lane];
  }
  return nullptr;
}

void Block::switch_to(Thread& next) {
  Thread& from = *running_;
  if (&from == &next) return;
  ++counters_.switches;
  running_ = &next;
  Fiber::hand_over(*from.fiber, *next.fiber);
}

void Block::later(AsyncUnits::Work work) {
  if (!schedule_.late_copies) return work.act();
  units_.add(std::move(work));
}

// Copies before products or products before copies: each shows what the other hides.
bool Block::finish_one() {
  if (units_.idle()) return false;
  const std::size_t place = schedule_.order == Schedule::Order::forward   ? units_.oldest_free()
                            : schedule_.order == Schedule::Order::reverse ? units_.newest_queued()
                                                                          : chance() % units_.size();
  units_.finish(place);
  return true;
}

void Block::run_another() {
  Thread* next = pick();
  while (next == nullptr && finish_one()) next = pick();
  if (next != nullptr) return switch_to(*next);
  if (alive_ > 0) {
    std::string where;
    for (const Thread& thread : threads_) {
      if (thread.waits_at == nullptr) continue;
      where = std::string("deadlock: thread ") + std::to_string(thread.index) + " waits at " + thread.waits_at;
      break;
    }
    error_ = where;
  }
  leave();
}

void Block::wait(const char* at) {
  running_->waits_at = at;
  warp_of(*running_).ready &= ~lane_bit(*running_);
  run_another();
}

void Block::barrier() {
  if (alive_ != shape_.threads) fail({"a barrier after a thread has ended"});
  if (warp_of(*running_).meeting.arrived != 0) fail({"warp diverges: a barrier meets ", warp_of(*running_).meeting.at});
  if (++at_barrier_ < shape_.threads) return wait("a barrier");
  at_barrier_ = 0;
  for (Warp& warp : warps_) warp.ready = ~0U;
  for (Thread& thread : threads_) thread.waits_at = nullptr;
  leave_if_stopped();
  if (schedule_.order != Schedule::Order::forward) switch_to(*pick());  // the last to come need not be the first to go
}

void Block::named_barrier(int id, int count, bool waits) {
  if (id < 1 || id > 15 || count % 32 != 0) fail({"a named barrier that no GPU has"});
  NamedBarrier& barrier = named_barriers_[static_cast<std::size_t>(id)];
  if (barrier.arrived > 0 && barrier.count != count) fail({"a named barrier of two counts"});
  barrier.count = count;
  if (++barrier.arrived == count) {
    barrier.arrived = 0;
    wake(&barrier);
  } else if (waits) {
    wait_for("a named barrier", &barrier);
  }
}

void Block::wait_for(const char* at, const void* what) {
  leave_if_stopped();
  running_->waits_for = what;
  wait(at);
}

void Block::wake(const void* what) {
  for (Thread& thread : threads_) {
    if (thread.waits_for != what) continue;
    thread.waits_for = nullptr;
    thread.waits_at = nullptr;
    warp_of(thread).ready |= lane_bit(thread);
  }
}

bool Block::meet(const char* at, void* mine, std::array<void*, 32>*& operands) {
  Warp& warp = warp_of(*running_);
  Meeting& meeting = warp.meeting;
  if (warp.alive != ~0U) fail({at, " after a lane of the warp has ended"});
  if (meeting.arrived == 0) meeting.at = at;
  if (std::strcmp(meeting.at, at) != 0) fail({"warp diverges: ", at, " meets ", meeting.at});
  meeting.operands[running_->index % 32] = mine;
  meeting.arrived |= lane_bit(*running_);
  if (meeting.arrived != ~0U) {
    wait(at);
    return false;
  }
  operands = &meeting.operands;
  return true;
}

void Block::part() {
  Warp& warp = warp_of(*running_);
  warp.meeting.arrived = 0;
  warp.ready = ~0U;
  const unsigned first = running_->index / 32 * 32;
  for (unsigned lane = 0; lane < 32; ++lane) threads_[first + lane].waits_at = nullptr;
}

std::size_t Block::shared_offset(const void* p, std::size_t bytes, std::size_t alignment, const char* what) {
  const std::byte* begin = shared_;
  const auto* at = static_cast<const std::byte*>(p);
  if (at < begin || at + bytes > begin + shape_.shared_bytes) fail({what, ": an address outside shared memory"});
  const auto offset = static_cast<std::size_t>(at - begin);
  if (offset % alignment != 0) fail({what, ": a misaligned address in shared memory"});
  return offset;
}

}  // namespace attnscope::emulation
