// Super-blocks of 256 values: sub-blocks of 16 or 32 values, each with a small integer scale (and offset), and one or
// two half-precision numbers for all. Compiled like gguf_blocks.cpp.
#include <array>

#include "formats/gguf_types.h"

namespace attnscope {
namespace {

// Code of value i where a byte holds four codes of 2 bits: 128 values a 32 bytes, value l + 32 s at bit 2 s of byte l.
int code_of_2_bits(const std::uint8_t* codes, int i) { return codes[i / 128 * 32 + i % 32] >> (i / 32 % 4 * 2) & 3; }

struct ScaleAndOffset {
  float scale = 0;
  float offset = 0;
};

// Sub-block j of the eight of Q4_K and Q5_K: 6-bit scales and offsets in 12 bytes. The first four lie in the low 6 bits
// of bytes 0-3 (scales) and 4-7 (offsets), the others are 4 bits in bytes 8-11 and 2 bits on top of the first four.
ScaleAndOffset scale_and_offset(const std::uint8_t* packed, int j) {
  if (j < 4) return {static_cast<float>(packed[j] & 63), static_cast<float>(packed[j + 4] & 63)};
  const int scale = (packed[j + 4] & 15) | (packed[j - 4] >> 6) << 4;
  const int offset = (packed[j + 4] >> 4) | (packed[j] >> 6) << 4;
  return {static_cast<float>(scale), static_cast<float>(offset)};
}

}  // namespace

// scales and offsets [16] (4 bits each), codes [64], d, dmin
void decode_q2_k(const std::uint8_t* data, std::int64_t blocks, float* out) {
  for (std::int64_t b = 0; b < blocks; ++b, data += 84, out += 256) {
    const float d = load_f16(data + 80);
    const float dmin = load_f16(data + 82);
    for (int j = 0; j < 16; ++j) {
      const float scale = d * static_cast<float>(data[j] & 15);
      const float offset = dmin * static_cast<float>(data[j] >> 4);
      for (int i = 16 * j; i < 16 * j + 16; ++i) {
        out[i] = scale * static_cast<float>(code_of_2_bits(data + 16, i)) - offset;
      }
    }
  }
}

// third bits [32], codes [64], scales [12], d. A third bit that is not set takes 4 off. Scale j of 16: its low 4 bits
// are the halves of bytes 0-7 (low halves first), its high 2 bits lie in byte 8 + j % 4 from bit 2 * (j / 4) on.
void decode_q3_k(const std::uint8_t* data, std::int64_t blocks, float* out) {
  for (std::int64_t b = 0; b < blocks; ++b, data += 110, out += 256) {
    const std::uint8_t* const packed = data + 96;
    const float d = load_f16(data + 108);
    for (int j = 0; j < 16; ++j) {
      const int low = packed[j % 8] >> (j / 8 * 4) & 15;
      const int high = packed[8 + j % 4] >> (j / 4 * 2) & 3;
      const float scale = d * static_cast<float>((low | high << 4) - 32);
      for (int i = 16 * j; i < 16 * j + 16; ++i) {
        const int third = data[i % 32] >> (i / 32) & 1;
        out[i] = scale * static_cast<float>(code_of_2_bits(data + 32, i) - (third == 1 ? 0 : 4));
      }
    }
  }
}

// d, dmin, scales [12], codes [128]: sub-blocks 2 g and 2 g + 1 are the low and the high halves of bytes 32 g to 32 g +
// 31
void decode_q4_k(const std::uint8_t* data, std::int64_t blocks, float* out) {
  for (std::int64_t b = 0; b < blocks; ++b, data += 144, out += 256) {
    const float d = load_f16(data);
    const float dmin = load_f16(data + 2);
    for (int j = 0; j < 8; ++j) {
      const ScaleAndOffset sub = scale_and_offset(data + 4, j);
      const float scale = d * sub.scale;
      const float offset = dmin * sub.offset;
      const std::uint8_t* const codes = data + 16 + j / 2 * 32;
      for (int l = 0; l < 32; ++l) {
        out[32 * j + l] = scale * static_cast<float>(codes[l] >> (j % 2 * 4) & 15) - offset;
      }
    }
  }
}

// d, dmin, scales [12], fifth bits [32] (of sub-block j: bit j), codes [128] as in Q4_K
void decode_q5_k(const std::uint8_t* data, std::int64_t blocks, float* out) {
  for (std::int64_t b = 0; b < blocks; ++b, data += 176, out += 256) {
    const float d = load_f16(data);
    const float dmin = load_f16(data + 2);
    for (int j = 0; j < 8; ++j) {
      const ScaleAndOffset sub = scale_and_offset(data + 4, j);
      const float scale = d * sub.scale;
      const float offset = dmin * sub.offset;
      const std::uint8_t* const fifth = data + 16;
      const std::uint8_t* const codes = data + 48 + j / 2 * 32;
      for (int l = 0; l < 32; ++l) {
        const int code = (codes[l] >> (j % 2 * 4) & 15) | (fifth[l] >> j & 1) << 4;
        out[32 * j + l] = scale * static_cast<float>(code) - offset;
      }
    }
  }
}

// low 4 bits [128], high 2 bits [64], scales [16] (signed), d. Of 32 values g: the low bits lie in 32 bytes from
// 64 * (g / 4) + 32 * (g % 2) on, in the high halves where g % 4 is 2 or 3.
void decode_q6_k(const std::uint8_t* data, std::int64_t blocks, float* out) {
  for (std::int64_t b = 0; b < blocks; ++b, data += 210, out += 256) {
    const float d = load_f16(data + 208);
    std::array<float, 16> scales = {};
    for (std::size_t j = 0; j < 16; ++j) scales[j] = d * static_cast<float>(static_cast<std::int8_t>(data[192 + j]));
    for (int g = 0; g < 8; ++g) {
      const std::uint8_t* const low = data + g / 4 * 64 + g % 2 * 32;
      for (int l = 0; l < 32; ++l) {
        const int i = 32 * g + l;
        const int code = (low[l] >> (g % 4 / 2 * 4) & 15) | code_of_2_bits(data + 128, i) << 4;
        out[i] = scales[static_cast<std::size_t>(i / 16)] * static_cast<float>(code - 32);
      }
    }
  }
}

// d, high 2 bits of eight scales (16 bits), their low 4 bits [4], codes [128] as in IQ4_NL
void decode_iq4_xs(const std::uint8_t* data, std::int64_t blocks, float* out) {
  for (std::int64_t b = 0; b < blocks; ++b, data += 136, out += 256) {
    const float d = load_f16(data);
    const int high = load_u16(data + 2);
    for (int j = 0; j < 8; ++j) {
      const int low = data[4 + j / 2] >> (j % 2 * 4) & 15;
      const float scale = d * static_cast<float>((low | (high >> (2 * j) & 3) << 4) - 32);
      const std::uint8_t* const codes = data + 8 + 16 * j;
      for (int l = 0; l < 16; ++l) {
        out[32 * j + l] = scale * iq4_values[codes[l] & 15];
        out[32 * j + l + 16] = scale * iq4_values[codes[l] >> 4];
      }
    }
  }
}

}  // namespace attnscope
