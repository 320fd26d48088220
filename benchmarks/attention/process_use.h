// What the process has used: time of the processor, memory.
#pragma once
#include <cstdint>

namespace attnscope::bench {

double processor_seconds();  // of all threads of this process, user and system
double thread_seconds();     // of the calling thread
double wall_seconds();       // of a clock that never goes back

// Starts the peak of resident memory anew, where the system allows it (Linux).
void reset_peak_memory();
// In bytes; 0 where it cannot be read.
std::int64_t peak_memory();
// Memory that could be had without swapping, in bytes.
std::int64_t free_memory();

}  // namespace attnscope::bench
