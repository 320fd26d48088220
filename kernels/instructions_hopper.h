// The instructions that only sm_90 has: barriers in shared memory, the copy engine (TMA), products of a warpgroup
// (wgmma). As instructions.h: PTX on the device, to the lane the same for the host compiler in
// emulation/instructions_hopper.h.
//
// Tiles in shared memory are boxes of 64 columns: rows of 128 bytes, eight of which make 1024, each row's 16-byte
// chunks permuted by the row (the 128-byte swizzle, which copies write and products read).
#pragma once
#include "kernels/async_types.h"
#include "kernels/instructions.h"

#ifndef __CUDACC__
#include "kernels/emulation/instructions_hopper.h"
#else

namespace attnscope::kernels {

// One thread; then publish_barriers() and a barrier of the block, before anybody uses it.
__device__ __forceinline__ void init(Mbarrier& barrier, int arrivals) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(shared_address(&barrier)), "r"(arrivals) : "memory");
}
// Makes barriers that this thread has initialised known to the copy engine.
__device__ __forceinline__ void publish_barriers() {
  asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}
__device__ __forceinline__ void arrive(Mbarrier& barrier) {
  asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(shared_address(&barrier)) : "memory");
}
// Arrives, and announces bytes that copies will bring.
__device__ __forceinline__ void arrive_expecting(Mbarrier& barrier, int bytes) {
  asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(&barrier)), "r"(bytes)
               : "memory");
}
// Until the phase of this parity has ended. The one before the first counts as a phase of parity 1.
__device__ __forceinline__ void wait(Mbarrier& barrier, int parity) {
  asm volatile(
      "{\n"
      ".reg .pred done;\n"
      "AGAIN: mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\n"
      "@!done bra AGAIN;\n"
      "}" ::"r"(shared_address(&barrier)),
      "r"(parity)
      : "memory");
}

// Before the first copy by a map that lies in the device's memory, by the thread that copies.
__device__ __forceinline__ void acquire_map(const TensorMap& map) {
  asm volatile("fence.proxy.tensormap::generic.acquire.sys [%0], 128;" ::"l"(&map) : "memory");
}
// Copies the box that begins at (row, column) to `to`, a multiple of 1024 bytes. One thread; what it announced to
// `barrier` counts down as the bytes land.
__device__ __forceinline__ void copy_box(void* to, const TensorMap& map, int row, int column, Mbarrier& barrier) {
  asm volatile(
      "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%2, %3}], [%4];" ::"r"(
          shared_address(to)),
      "l"(&map), "r"(column), "r"(row), "r"(shared_address(&barrier))
      : "memory");
}

// Barrier `id` (1 to 15) of `count` threads, whole warps: waits until so many have come ...
__device__ __forceinline__ void named_barrier_sync(int id, int count) {
  asm volatile("bar.sync %0, %1;" ::"r"(id), "r"(count) : "memory");
}
// ... or comes without waiting.
__device__ __forceinline__ void named_barrier_arrive(int id, int count) {
  asm volatile("bar.arrive %0, %1;" ::"r"(id), "r"(count) : "memory");
}

// A warpgroup gives registers back, or waits for more: `count` a thread, a multiple of 8.
template <int count>
__device__ __forceinline__ void shrink_registers() {
  asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(count));
}
template <int count>
__device__ __forceinline__ void grow_registers() {
  asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(count));
}

// Names a tile to multiply_tiles: its first byte, and for tiles that are read across their rows the bytes from one box
// to the next. 32 bytes on begin the next 16 columns of the box.
__device__ __forceinline__ std::uint64_t describe_tile(const void* first, int box_bytes) {
  constexpr std::uint64_t eight_rows = 1024;
  constexpr std::uint64_t swizzle_128 = std::uint64_t{1} << 62U;
  return (shared_address(first) & 0x3ffffU) >> 4U | static_cast<std::uint64_t>(box_bytes >> 4) << 16U |
         (eight_rows >> 4U) << 32U | swizzle_128;
}

// Keeps the compiler from moving work on these registers across.
template <int count>
__device__ __forceinline__ void pin(float (&x)[count]) {
#pragma unroll
  for (int i = 0; i < count; ++i) asm volatile("" : "+f"(x[i])::"memory");
}
template <int rows>
__device__ __forceinline__ void pin(unsigned (&x)[rows][4]) {
#pragma unroll
  for (int i = 0; i < rows * 4; ++i) asm volatile("" : "+r"(x[i / 4][i % 4])::"memory");
}

// Products read and write registers and shared memory on their own time. begin_products() before the first of a batch
// whose registers (named here) were written otherwise; commit_products() after a batch; what a batch has to do with
// must not be touched until a wait for it.
template <class... Registers>
__device__ __forceinline__ void begin_products(Registers&... written) {
  (pin(written), ...);
  asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
}
__device__ __forceinline__ void commit_products() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }
// Until all batches of this warp but the last `keep` are done; names their registers.
template <int keep, class... Registers>
__device__ __forceinline__ void wait_for_products(Registers&... done) {
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(keep) : "memory");
  (pin(done), ...);
}

#define ATTNSCOPE_8(d, i)                                                                               \
  "+f"(d[i]), "+f"(d[(i) + 1]), "+f"(d[(i) + 2]), "+f"(d[(i) + 3]), "+f"(d[(i) + 4]), "+f"(d[(i) + 5]), \
      "+f"(d[(i) + 6]), "+f"(d[(i) + 7])
#define ATTNSCOPE_32(d, i) \
  ATTNSCOPE_8(d, i), ATTNSCOPE_8(d, (i) + 8), ATTNSCOPE_8(d, (i) + 16), ATTNSCOPE_8(d, (i) + 24)
#define ATTNSCOPE_64(d) ATTNSCOPE_32(d, 0), ATTNSCOPE_32(d, 32)
#define ATTNSCOPE_128(d) ATTNSCOPE_64(d), ATTNSCOPE_32(d, 64), ATTNSCOPE_32(d, 96)
#define ATTNSCOPE_NAMES_32                                                                                             \
  "%0,%1,%2,%3,%4,%5,%6,%7,%8,%9,%10,%11,%12,%13,%14,%15,%16,%17,%18,%19,%20,%21,%22,%23,%24,%25,%26,%27,%28,%29,%30," \
  "%31"
#define ATTNSCOPE_NAMES_64                                                                        \
  ATTNSCOPE_NAMES_32                                                                              \
  ",%32,%33,%34,%35,%36,%37,%38,%39,%40,%41,%42,%43,%44,%45,%46,%47,%48,%49,%50,%51,%52,%53,%54," \
  "%55,%56,%57,%58,%59,%60,%61,%62,%63"
#define ATTNSCOPE_NAMES_128                                                                         \
  ATTNSCOPE_NAMES_64                                                                                \
  ",%64,%65,%66,%67,%68,%69,%70,%71,%72,%73,%74,%75,%76,%77,%78,%79,%80,%81,%82,%83,%84,%85,%86,"   \
  "%87,%88,%89,%90,%91,%92,%93,%94,%95,%96,%97,%98,%99,%100,%101,%102,%103,%104,%105,%106,%107,"    \
  "%108,%109,%110,%111,%112,%113,%114,%115,%116,%117,%118,%119,%120,%121,%122,%123,%124,%125,%126," \
  "%127"

// Of a warpgroup, d [64, n] in float32: lane 4 g + t of warp w has rows 16 w + g and g + 8, of each 8 columns 2 t and
// 2 t + 1. First d = a b or d += a b with a [64, 16] and b [n, 16], both read along their rows; then d += a b with a in
// registers, as the a of multiply(), and b [16, n], read across its rows.
#define ATTNSCOPE_MULTIPLY_TILES(Number, type, n, count, d_names, d_operands, x0, x1, x2, x3, x4)                    \
  __device__ __forceinline__ void multiply_tiles(Number, float(&d)[count], std::uint64_t a, std::uint64_t b,         \
                                                 bool add) {                                                         \
    asm volatile("{\n.reg .pred add;\nsetp.ne.b32 add, %" #x2 ", 0;\nwgmma.mma_async.sync.aligned.m64n" #n           \
                 "k16.f32." type "." type " {" d_names "}, %" #x0 ", %" #x1 ", add, 1, 1, 0, 0;\n}"                  \
                 : d_operands                                                                                        \
                 : "l"(a), "l"(b), "r"(static_cast<int>(add)));                                                      \
  }                                                                                                                  \
  __device__ __forceinline__ void multiply_tiles(Number, float(&d)[count], const unsigned(&a)[4], std::uint64_t b) { \
    asm volatile("wgmma.mma_async.sync.aligned.m64n" #n "k16.f32." type "." type " {" d_names "}, {%" #x0 ",%" #x1   \
                 ",%" #x2 ",%" #x3 "}, %" #x4 ", 1, 1, 1, 1;"                                                        \
                 : d_operands                                                                                        \
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b));                                              \
  }
ATTNSCOPE_MULTIPLY_TILES(F16, "f16", 64, 32, ATTNSCOPE_NAMES_32, ATTNSCOPE_32(d, 0), 32, 33, 34, 35, 36)
ATTNSCOPE_MULTIPLY_TILES(BF16, "bf16", 64, 32, ATTNSCOPE_NAMES_32, ATTNSCOPE_32(d, 0), 32, 33, 34, 35, 36)
ATTNSCOPE_MULTIPLY_TILES(F16, "f16", 128, 64, ATTNSCOPE_NAMES_64, ATTNSCOPE_64(d), 64, 65, 66, 67, 68)
ATTNSCOPE_MULTIPLY_TILES(BF16, "bf16", 128, 64, ATTNSCOPE_NAMES_64, ATTNSCOPE_64(d), 64, 65, 66, 67, 68)
ATTNSCOPE_MULTIPLY_TILES(F16, "f16", 256, 128, ATTNSCOPE_NAMES_128, ATTNSCOPE_128(d), 128, 129, 130, 131, 132)
ATTNSCOPE_MULTIPLY_TILES(BF16, "bf16", 256, 128, ATTNSCOPE_NAMES_128, ATTNSCOPE_128(d), 128, 129, 130, 131, 132)
#undef ATTNSCOPE_MULTIPLY_TILES
#undef ATTNSCOPE_NAMES_128
#undef ATTNSCOPE_NAMES_64
#undef ATTNSCOPE_NAMES_32
#undef ATTNSCOPE_128
#undef ATTNSCOPE_64
#undef ATTNSCOPE_32
#undef ATTNSCOPE_8

}  // namespace attnscope::kernels
#endif
