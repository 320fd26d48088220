// cp.async on the CPU: copies into shared memory that land when the thread waits for them, or at once, by the schedule.
#pragma once
#include <cstddef>

namespace attnscope::emulation {

// `from` null fills with zeros. Until the copy has landed the place reads as NaN (where copies land late).
void async_copy(void* to, const void* from, std::size_t bytes);
void async_commit();
// Lands all groups of the calling thread but the last `keep`.
void async_wait(std::size_t keep);

}  // namespace attnscope::emulation
