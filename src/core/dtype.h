// The number types of stored tensors and their conversion to float.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace attnscope {

enum class DType : std::uint8_t { f32, f16, bf16 };

constexpr std::size_t size_of(DType type) { return type == DType::f32 ? 4 : 2; }

constexpr std::string_view name_of(DType type) {
  return type == DType::f32 ? "f32" : type == DType::f16 ? "f16" : "bf16";
}

constexpr float float_from_bf16(std::uint16_t bits) { return std::bit_cast<float>(std::uint32_t{bits} << 16U); }

// IEEE 754 binary16 to binary32, exact; subnormals, infinities and NaN included.
constexpr float float_from_f16(std::uint16_t bits) {
  const std::uint32_t sign = (bits & 0x8000U) << 16U;
  const std::uint32_t exponent = (bits >> 10U) & 31U;
  const std::uint32_t mantissa = bits & 0x3ffU;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000U | (mantissa << 13U));
  if (exponent != 0) return std::bit_cast<float>(sign | ((exponent + 112U) << 23U) | (mantissa << 13U));
  const float subnormal = static_cast<float>(mantissa) * 0x1p-24F;
  return sign != 0 ? -subnormal : subnormal;
}

// Round to nearest, ties to even; overflow gives infinity, NaN stays NaN.
std::uint16_t f16_from_float(float value);
std::uint16_t bf16_from_float(float value);

}  // namespace attnscope
