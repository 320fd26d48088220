// The number types of GGUF tensors: how they are called, how many bytes a block has, how a block becomes float32.
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

#include "core/dtype.h"

namespace attnscope {

// Turns `blocks` blocks into values; float32 throughout, in the order of operations of gguf-py.
using GgufDecoder = void (*)(const std::uint8_t* data, std::int64_t blocks, float* out);

struct GgufType {
  std::uint32_t number = 0;
  std::string_view name;
  std::int64_t block_values = 0;
  std::int64_t block_bytes = 0;
  GgufDecoder decode = nullptr;  // null: known, but not readable
};

const GgufType* find_gguf_type(std::uint32_t number);  // null for a number that is not, or no longer, a type

// Little-endian numbers of a block, which need not be aligned.
inline std::uint16_t load_u16(const std::uint8_t* data) {
  std::uint16_t value = 0;
  std::memcpy(&value, data, sizeof value);
  return value;
}
inline float load_f16(const std::uint8_t* data) { return float_from_f16(load_u16(data)); }

// gguf_blocks.cpp: plain numbers and blocks of 32.
void decode_f32(const std::uint8_t* data, std::int64_t blocks, float* out);
void decode_f16(const std::uint8_t* data, std::int64_t blocks, float* out);
void decode_bf16(const std::uint8_t* data, std::int64_t blocks, float* out);
void decode_q4_0(const std::uint8_t* data, std::int64_t blocks, float* out);
void decode_q4_1(const std::uint8_t* data, std::int64_t blocks, float* out);
void decode_q5_0(const std::uint8_t* data, std::int64_t blocks, float* out);
void decode_q5_1(const std::uint8_t* data, std::int64_t blocks, float* out);
void decode_q8_0(const std::uint8_t* data, std::int64_t blocks, float* out);
void decode_iq4_nl(const std::uint8_t* data, std::int64_t blocks, float* out);

// gguf_super_blocks.cpp: super-blocks of 256, whose scales are quantised too.
void decode_q2_k(const std::uint8_t* data, std::int64_t blocks, float* out);
void decode_q3_k(const std::uint8_t* data, std::int64_t blocks, float* out);
void decode_q4_k(const std::uint8_t* data, std::int64_t blocks, float* out);
void decode_q5_k(const std::uint8_t* data, std::int64_t blocks, float* out);
void decode_q6_k(const std::uint8_t* data, std::int64_t blocks, float* out);
void decode_iq4_xs(const std::uint8_t* data, std::int64_t blocks, float* out);

// The values of the 4-bit codes of IQ4_NL and IQ4_XS.
inline constexpr float iq4_values[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

}  // namespace attnscope
