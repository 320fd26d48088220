#include "formats/gguf_types.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/error.h"
#include "formats/gguf.h"
#include "formats/names.h"

namespace attnscope {
namespace {

// ggml's numbers; gaps are types that it has removed. Sizes by ggml's block structures.
constexpr std::array<GgufType, 34> types = {{
    {0, "F32", 1, 4, decode_f32},
    {1, "F16", 1, 2, decode_f16},
    {2, "Q4_0", 32, 18, decode_q4_0},
    {3, "Q4_1", 32, 20, decode_q4_1},
    {6, "Q5_0", 32, 22, decode_q5_0},
    {7, "Q5_1", 32, 24, decode_q5_1},
    {8, "Q8_0", 32, 34, decode_q8_0},
    {9, "Q8_1", 32, 36},
    {10, "Q2_K", 256, 84, decode_q2_k},
    {11, "Q3_K", 256, 110, decode_q3_k},
    {12, "Q4_K", 256, 144, decode_q4_k},
    {13, "Q5_K", 256, 176, decode_q5_k},
    {14, "Q6_K", 256, 210, decode_q6_k},
    {15, "Q8_K", 256, 292},
    {16, "IQ2_XXS", 256, 66},
    {17, "IQ2_XS", 256, 74},
    {18, "IQ3_XXS", 256, 98},
    {19, "IQ1_S", 256, 50},
    {20, "IQ4_NL", 32, 18, decode_iq4_nl},
    {21, "IQ3_S", 256, 110},
    {22, "IQ2_S", 256, 82},
    {23, "IQ4_XS", 256, 136, decode_iq4_xs},
    {24, "I8", 1, 1},
    {25, "I16", 1, 2},
    {26, "I32", 1, 4},
    {27, "I64", 1, 8},
    {28, "F64", 1, 8},
    {29, "IQ1_M", 256, 56},
    {30, "BF16", 1, 2, decode_bf16},
    {34, "TQ1_0", 256, 54},
    {35, "TQ2_0", 256, 66},
    {39, "MXFP4", 32, 17},
    {40, "NVFP4", 64, 36},
    {41, "Q1_0", 128, 18},
}};

}  // namespace

const GgufType* find_gguf_type(std::uint32_t number) {
  const auto* const found = std::find_if(types.begin(), types.end(), [&](const auto& t) { return t.number == number; });
  return found == types.end() ? nullptr : found;
}

std::string gguf_type_name(std::uint32_t type) {
  const GgufType* const known = find_gguf_type(type);
  return known != nullptr ? std::string(known->name) : "type " + std::to_string(type);
}

bool gguf_type_readable(std::uint32_t type) {
  const GgufType* const known = find_gguf_type(type);
  return known != nullptr && known->decode != nullptr;
}

std::int64_t GgufTensor::rows() const {
  std::int64_t product = 1;
  for (std::size_t i = 1; i < shape.size(); ++i) product *= shape[i];
  return product;
}

void dequantize(const GgufTensor& tensor, std::int64_t row, std::int64_t count, float* out) {
  const GgufType* const type = find_gguf_type(tensor.type);
  if (type == nullptr || type->decode == nullptr) {
    throw BrokenFile("tensor " + in_quotes(tensor.name) + " is of type " + gguf_type_name(tensor.type) +
                     ", which cannot be read; F32, F16, BF16, Q4_0 to Q8_0, Q2_K to Q6_K, IQ4_NL and IQ4_XS can");
  }
  if (row < 0 || count < 0 || count > tensor.rows() - row) {
    throw Error("tensor " + in_quotes(tensor.name) + " has " + std::to_string(tensor.rows()) + " rows, not " +
                std::to_string(count) + " from row " + std::to_string(row) + " on");
  }
  const std::int64_t row_blocks = tensor.cols() / type->block_values;
  const auto* const data = reinterpret_cast<const std::uint8_t*>(tensor.data.data());
  type->decode(data + row * row_blocks * type->block_bytes, count * row_blocks, out);
}

}  // namespace attnscope
