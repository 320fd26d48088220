// What the asynchronous instructions of sm_90 are told and answer by: the same bytes on the GPU, for the host and in
// the emulation.
#pragma once
#include <cstdint>

namespace attnscope::kernels {

// A matrix of 16-bit numbers in the device's memory, to be copied in boxes of 64 columns and `box_rows` rows. Rows lie
// `width` numbers apart, a multiple of 8, and begin at a multiple of 16 bytes. What lies beyond reads as zero.
struct BoxedMatrix {
  const void* data;
  int rows, width;  // at least 1
  int box_rows;     // 1 to 256
};

// Describes a boxed matrix to the copy engine (CUtensorMap). Opaque.
struct alignas(64) TensorMap {
  std::uint64_t words[16];
};

// In shared memory. Its phases are counted by parity, the first is 0; one ends when all its arrivals have come and all
// the bytes that they announced have landed.
struct Mbarrier {
  std::uint64_t state;
};

}  // namespace attnscope::kernels
