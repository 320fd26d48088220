// The tile registers of AMX: the only file with its instructions. Written as assembly, since GCC 12's intrinsics want
// register numbers as digits in the source and declare 8 of the configuration's 64 bytes as read.
#pragma once
#include <cstdint>

namespace attnscope::cpu {

// Eight registers of 16 rows of 64 bytes. Usable between the making and the end of a Session, on its thread.
struct HardwareTiles {
  class Session {
   public:
    Session() {
      Configuration all;
      for (int tile = 0; tile < 8; ++tile) {
        all.rows[tile] = 16;
        all.row_bytes[tile] = 64;
      }
      asm volatile("ldtilecfg %0" ::"m"(all));
    }
    ~Session() { asm volatile("tilerelease"); }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

   private:
    struct alignas(64) Configuration {
      std::uint8_t palette = 1;
      std::uint8_t start_row = 0;
      std::uint8_t reserved[14] = {};
      std::uint16_t row_bytes[16] = {};
      std::uint8_t rows[16] = {};
    };
  };

  template <int tile>
  static void zero() {
    asm volatile("tilezero %%tmm%c0" ::"i"(tile));
  }
  // Row r from `rows` + r * `stride`, in bytes.
  template <int tile>
  static void load(const void* rows, std::int64_t stride) {
    asm volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(rows), "r"(stride), "i"(tile) : "memory");
  }
  template <int tile>
  static void store(void* rows, std::int64_t stride) {
    asm volatile("tilestored %%tmm%c2, (%0,%1,1)" ::"r"(rows), "r"(stride), "i"(tile) : "memory");
  }
  // sums [16, 16] float += a [16, 32] bf16 times b [32, 16] bf16, b as 16 rows of pairs.
  template <int sums, int a, int b>
  static void multiply() {
    asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(sums), "i"(a), "i"(b));
  }
};

}  // namespace attnscope::cpu
