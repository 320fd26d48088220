// mbarriers in shared memory on the CPU: 8 bytes of a kernel's own, which count arrivals and bytes.
#pragma once
#include <cstdint>

namespace attnscope::emulation {

void mbarrier_init(std::uint64_t& barrier, int arrivals);
// What the running thread has initialised may be given to the copy engine from here on.
void mbarrier_publish();
// Announces `bytes` and arrives.
void mbarrier_arrive(std::uint64_t& barrier, int bytes);
void mbarrier_wait(std::uint64_t& barrier, int parity);
// The copy engine's side: fails where the barrier is not known to it; bytes that have landed.
void mbarrier_check_published(std::uint64_t& barrier);
void mbarrier_land(std::uint64_t& barrier, int bytes);

}  // namespace attnscope::emulation
