#include "kernels/emulation/mbarrier.h"

#include <bit>

#include "kernels/emulation/block.h"

namespace attnscope::emulation {
namespace {

struct State {
  std::uint32_t phase : 1;
  std::uint32_t published : 1;
  std::uint32_t arrivals : 15;  // of a phase
  std::uint32_t pending : 15;   // arrivals that this phase lacks
  std::int32_t bytes;           // announced and not landed; below 0 where they landed first
};

State read(std::uint64_t& barrier) {
  Block& block = Block::current();
  block.shared_offset(&barrier, sizeof(barrier), sizeof(barrier), "mbarrier");
  if (barrier == ~std::uint64_t{0}) block.fail({"mbarrier: not initialised"});
  return std::bit_cast<State>(barrier);
}

void write(std::uint64_t& barrier, State state) {
  const bool ends = state.pending == 0 && state.bytes == 0;
  if (ends) {
    state.phase ^= 1U;
    state.pending = state.arrivals;
  }
  barrier = std::bit_cast<std::uint64_t>(state);
  if (ends) Block::current().wake(&barrier);
}

}  // namespace

void mbarrier_init(std::uint64_t& barrier, int arrivals) {
  Block& block = Block::current();
  block.shared_offset(&barrier, sizeof(barrier), sizeof(barrier), "mbarrier");
  State state{};
  state.arrivals = static_cast<std::uint32_t>(arrivals) & 0x7fffU;
  state.pending = state.arrivals;
  barrier = std::bit_cast<std::uint64_t>(state);
  block.thread().unpublished_barriers.push_back(&barrier);
}

void mbarrier_publish() {
  auto& barriers = Block::current().thread().unpublished_barriers;
  for (std::uint64_t* barrier : barriers) {
    State state = read(*barrier);
    state.published = 1;
    *barrier = std::bit_cast<std::uint64_t>(state);
  }
  barriers.clear();
}

void mbarrier_arrive(std::uint64_t& barrier, int bytes) {
  State state = read(barrier);
  if (state.pending == 0) Block::current().fail({"mbarrier: more arrivals than its phase has"});
  --state.pending;
  state.bytes += bytes;
  write(barrier, state);
}

void mbarrier_wait(std::uint64_t& barrier, int parity) {
  while (read(barrier).phase == static_cast<std::uint32_t>(parity)) Block::current().wait_for("an mbarrier", &barrier);
}

void mbarrier_check_published(std::uint64_t& barrier) {
  if (read(barrier).published == 0) Block::current().fail({"mbarrier: the copy engine does not know of it"});
}

void mbarrier_land(std::uint64_t& barrier, int bytes) {
  State state = read(barrier);
  state.bytes -= bytes;
  write(barrier, state);
}

}  // namespace attnscope::emulation
