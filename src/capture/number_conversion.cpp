#include "capture/number_conversion.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <sstream>

#include "core/error.h"

namespace attnscope {
namespace {

float as_float(const void* source, DType type, std::size_t index) {
  if (type == DType::f32) return static_cast<const float*>(source)[index];
  const std::uint16_t bits = static_cast<const std::uint16_t*>(source)[index];
  return type == DType::f16 ? float_from_f16(bits) : float_from_bf16(bits);
}

std::uint16_t narrow(float value, DType type) {
  const std::uint16_t bits = type == DType::f16 ? f16_from_float(value) : bf16_from_float(value);
  const float rounded = type == DType::f16 ? float_from_f16(bits) : float_from_bf16(bits);
  if (std::isinf(rounded) && std::isfinite(value)) {
    std::ostringstream message;
    message << value << " is too large for " << name_of(type) << ", use " << (type == DType::f16 ? "bf16 or " : "")
            << "f32";
    throw InputError(message.str());
  }
  return bits;
}

}  // namespace

void convert_numbers(const void* source, DType from, void* target, DType to, std::size_t count) {
  if (from == to) {
    if (count != 0) std::memcpy(target, source, count * size_of(from));
  } else if (to == DType::f32) {
    for (std::size_t i = 0; i < count; ++i) static_cast<float*>(target)[i] = as_float(source, from, i);
  } else {
    for (std::size_t i = 0; i < count; ++i) {
      static_cast<std::uint16_t*>(target)[i] = narrow(as_float(source, from, i), to);
    }
  }
}

}  // namespace attnscope
