// A model of AMX's tile registers, for processors without them: what HardwareTiles does, number by number. The product
// is that of the Software Developer's Manual: sums of even and of odd places apart, each step a fused multiply-add,
// then their sum onto the register. Denormals, which the hardware takes for 0, are left as they are.
#pragma once
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <stdexcept>

#include "core/dtype.h"

namespace attnscope::test {

class ModelTiles {
 public:
  // Registers hold nothing that means something when a session begins, and cannot be used outside of one.
  class Session {
   public:
    Session() {
      for (Register& tile : registers()) tile.fill(0xff);
      open() = true;
    }
    ~Session() { open() = false; }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
  };

  template <int tile>
  static void zero() {
    at(tile).fill(0);
  }
  template <int tile>
  static void load(const void* rows, std::int64_t stride) {
    for (std::int64_t r = 0; r < 16; ++r)
      std::memcpy(at(tile).data() + r * 64, static_cast<const std::byte*>(rows) + r * stride, 64);
  }
  template <int tile>
  static void store(void* rows, std::int64_t stride) {
    for (std::int64_t r = 0; r < 16; ++r)
      std::memcpy(static_cast<std::byte*>(rows) + r * stride, at(tile).data() + r * 64, 64);
  }
  template <int sums, int a, int b>
  static void multiply() {
    for (std::size_t row = 0; row < 16; ++row) {
      for (std::size_t column = 0; column < 16; ++column) {
        float even = 0;
        float odd = 0;
        for (std::size_t k = 0; k < 16; ++k) {
          even = std::fma(half(a, row, 2 * k), half(b, k, 2 * column), even);
          odd = std::fma(half(a, row, 2 * k + 1), half(b, k, 2 * column + 1), odd);
        }
        float sum = 0;
        std::uint8_t* const place = at(sums).data() + row * 64 + column * 4;
        std::memcpy(&sum, place, sizeof sum);
        sum += even + odd;
        std::memcpy(place, &sum, sizeof sum);
      }
    }
  }

 private:
  using Register = std::array<std::uint8_t, 1024>;
  static std::array<Register, 8>& registers() {
    thread_local std::array<Register, 8> all;
    return all;
  }
  static bool& open() {
    thread_local bool is_open = false;
    return is_open;
  }
  static Register& at(int tile) {
    if (!open()) throw std::logic_error("a tile register is used outside of a session");
    return registers().at(static_cast<std::size_t>(tile));
  }
  static float half(int tile, std::size_t row, std::size_t column) {
    std::uint16_t bits = 0;
    std::memcpy(&bits, at(tile).data() + row * 64 + column * 2, sizeof bits);
    return float_from_bf16(bits);
  }
};

}  // namespace attnscope::test
