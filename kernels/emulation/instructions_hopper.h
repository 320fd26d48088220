// kernels/instructions_hopper.h for the host compiler.
#pragma once
#include "kernels/async_types.h"
#include "kernels/emulation/box_copies.h"
#include "kernels/emulation/instructions.h"
#include "kernels/emulation/mbarrier.h"
#include "kernels/emulation/products.h"

namespace attnscope::kernels {

inline void init(Mbarrier& barrier, int arrivals) { emulation::mbarrier_init(barrier.state, arrivals); }
inline void publish_barriers() { emulation::mbarrier_publish(); }
inline void arrive(Mbarrier& barrier) { emulation::mbarrier_arrive(barrier.state, 0); }
inline void arrive_expecting(Mbarrier& barrier, int bytes) { emulation::mbarrier_arrive(barrier.state, bytes); }
inline void wait(Mbarrier& barrier, int parity) { emulation::mbarrier_wait(barrier.state, parity); }

inline void acquire_map(const TensorMap& map) { emulation::acquire_map(map); }
inline void copy_box(void* to, const TensorMap& map, int row, int column, Mbarrier& barrier) {
  emulation::copy_box(to, map, row, column, barrier.state);
}

inline void named_barrier_sync(int id, int count) { emulation::Block::current().named_barrier(id, count, true); }
inline void named_barrier_arrive(int id, int count) { emulation::Block::current().named_barrier(id, count, false); }

// A thread of the emulation has all the registers that it wants.
template <int count>
void shrink_registers() {
  static_assert(count % 8 == 0 && count >= 24 && count <= 256);
}
template <int count>
void grow_registers() {
  static_assert(count % 8 == 0 && count >= 24 && count <= 256);
}

inline std::uint64_t describe_tile(const void* first, int box_bytes) {
  constexpr std::uint64_t eight_rows = 1024;
  constexpr std::uint64_t swizzle_128 = std::uint64_t{1} << 62U;
  emulation::Block& block = emulation::Block::current();
  const std::uint64_t offset = block.shared_offset(first, 16, 16, "wgmma");
  return offset >> 4U | static_cast<std::uint64_t>(box_bytes >> 4) << 16U | (eight_rows >> 4U) << 32U | swizzle_128;
}

template <class... Registers>
void begin_products(Registers&... /*written*/) {
  emulation::products_begin();
}
inline void commit_products() { emulation::products_commit(); }
template <int keep, class... Registers>
void wait_for_products(Registers&... /*done*/) {
  emulation::products_wait(keep);
}

template <class Number>
float number_of(std::uint16_t bits) {
  return to_float(Number{bits});
}

template <class Number, int count>
void multiply_tiles(Number /*type*/, float (&d)[count], std::uint64_t a, std::uint64_t b, bool add) {
  emulation::ProductOperands mine{d, nullptr, a, b, 2 * count, add, number_of<Number>};
  emulation::products_add(mine);
}
template <class Number, int count>
void multiply_tiles(Number /*type*/, float (&d)[count], const unsigned (&a)[4], std::uint64_t b) {
  emulation::ProductOperands mine{d, a, 0, b, 2 * count, true, number_of<Number>};
  emulation::products_add(mine);
}

}  // namespace attnscope::kernels
