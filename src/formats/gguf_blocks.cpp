// Plain numbers and blocks of 32 values. A block of 4-bit codes holds value l in the low half of byte l and value l +
// 16 in the high half; a fifth bit of all 32 is one 32-bit word. Compiled without contraction to fused multiply-adds:
// the results are gguf-py's to the bit.
#include <cstring>

#include "formats/gguf_types.h"

namespace attnscope {
namespace {

std::uint32_t load_u32(const std::uint8_t* data) {
  std::uint32_t value = 0;
  std::memcpy(&value, data, sizeof value);
  return value;
}

}  // namespace

void decode_f32(const std::uint8_t* data, std::int64_t blocks, float* out) {
  if (blocks > 0) std::memcpy(out, data, static_cast<std::size_t>(blocks) * sizeof(float));
}

void decode_f16(const std::uint8_t* data, std::int64_t blocks, float* out) {
  for (std::int64_t i = 0; i < blocks; ++i) out[i] = load_f16(data + 2 * i);
}

void decode_bf16(const std::uint8_t* data, std::int64_t blocks, float* out) {
  for (std::int64_t i = 0; i < blocks; ++i) out[i] = float_from_bf16(load_u16(data + 2 * i));
}

void decode_q4_0(const std::uint8_t* data, std::int64_t blocks, float* out) {
  for (std::int64_t b = 0; b < blocks; ++b, data += 18, out += 32) {
    const float d = load_f16(data);
    const std::uint8_t* const codes = data + 2;
    for (int l = 0; l < 16; ++l) {
      out[l] = d * static_cast<float>((codes[l] & 15) - 8);
      out[l + 16] = d * static_cast<float>((codes[l] >> 4) - 8);
    }
  }
}

void decode_q4_1(const std::uint8_t* data, std::int64_t blocks, float* out) {
  for (std::int64_t b = 0; b < blocks; ++b, data += 20, out += 32) {
    const float d = load_f16(data);
    const float m = load_f16(data + 2);
    const std::uint8_t* const codes = data + 4;
    for (int l = 0; l < 16; ++l) {
      out[l] = d * static_cast<float>(codes[l] & 15) + m;
      out[l + 16] = d * static_cast<float>(codes[l] >> 4) + m;
    }
  }
}

void decode_q5_0(const std::uint8_t* data, std::int64_t blocks, float* out) {
  for (std::int64_t b = 0; b < blocks; ++b, data += 22, out += 32) {
    const float d = load_f16(data);
    const std::uint32_t fifth = load_u32(data + 2);
    const std::uint8_t* const codes = data + 6;
    for (unsigned l = 0; l < 16; ++l) {
      const std::uint32_t low = (codes[l] & 15U) | (fifth >> l & 1U) << 4U;
      const std::uint32_t high = (codes[l] >> 4U) | (fifth >> (l + 16) & 1U) << 4U;
      out[l] = d * static_cast<float>(static_cast<int>(low) - 16);
      out[l + 16] = d * static_cast<float>(static_cast<int>(high) - 16);
    }
  }
}

void decode_q5_1(const std::uint8_t* data, std::int64_t blocks, float* out) {
  for (std::int64_t b = 0; b < blocks; ++b, data += 24, out += 32) {
    const float d = load_f16(data);
    const float m = load_f16(data + 2);
    const std::uint32_t fifth = load_u32(data + 4);
    const std::uint8_t* const codes = data + 8;
    for (unsigned l = 0; l < 16; ++l) {
      const std::uint32_t low = (codes[l] & 15U) | (fifth >> l & 1U) << 4U;
      const std::uint32_t high = (codes[l] >> 4U) | (fifth >> (l + 16) & 1U) << 4U;
      out[l] = d * static_cast<float>(low) + m;
      out[l + 16] = d * static_cast<float>(high) + m;
    }
  }
}

void decode_q8_0(const std::uint8_t* data, std::int64_t blocks, float* out) {
  for (std::int64_t b = 0; b < blocks; ++b, data += 34, out += 32) {
    const float d = load_f16(data);
    for (int l = 0; l < 32; ++l) out[l] = d * static_cast<float>(static_cast<std::int8_t>(data[2 + l]));
  }
}

void decode_iq4_nl(const std::uint8_t* data, std::int64_t blocks, float* out) {
  for (std::int64_t b = 0; b < blocks; ++b, data += 18, out += 32) {
    const float d = load_f16(data);
    const std::uint8_t* const codes = data + 2;
    for (int l = 0; l < 16; ++l) {
      out[l] = d * iq4_values[codes[l] & 15];
      out[l + 16] = d * iq4_values[codes[l] >> 4];
    }
  }
}

}  // namespace attnscope
