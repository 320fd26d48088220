// GGUF v2 and v3: key-values, tensor infos and block-quantised data in one file. Source: the format's specification
// (docs/gguf.md of ggml) and, for the block layouts, the values that gguf-py reads (tests hold us to those).
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/mapped_file.h"

namespace attnscope {

struct GgufArray;
using GgufValue = std::variant<std::uint64_t, std::int64_t, double, bool, std::string_view, std::shared_ptr<GgufArray>>;

// Strings stay in the mapped file; numbers are widened, booleans become 0 and 1. Unsigned 64-bit numbers are kept as
// such only where one of them is 2^63 or more.
struct GgufArray {
  std::variant<std::vector<std::int64_t>, std::vector<double>, std::vector<std::string_view>,
               std::vector<std::shared_ptr<GgufArray>>, std::vector<std::uint64_t>>
      items;
};

struct GgufTensor {
  std::string_view name;
  std::uint32_t type = 0;           // ggml type number
  std::vector<std::int64_t> shape;  // as the file has it: shape[0] is the length of a row
  std::span<const std::byte> data;

  std::int64_t cols() const { return shape.empty() ? 1 : shape[0]; }
  std::int64_t rows() const;  // product of the other dimensions
};

std::string gguf_type_name(std::uint32_t type);  // "Q4_1", "F32", ...; "type 99" where unknown

class GgufFile {
 public:
  // Reads and checks the whole header; tensor data is only mapped. Throws NotThisFormat or BrokenFile.
  static GgufFile open(const std::filesystem::path& path);

  const GgufValue* find(std::string_view key) const;
  // The value under `key`; throws BrokenFile naming the key where it is missing (and has no fallback) or of another
  // kind. A number may be an integer.
  std::int64_t integer(std::string_view key, std::optional<std::int64_t> fallback = {}) const;
  double number(std::string_view key, std::optional<double> fallback = {}) const;
  std::string_view string(std::string_view key, std::optional<std::string_view> fallback = {}) const;
  const std::vector<std::string_view>& strings(std::string_view key) const;
  const std::vector<std::int64_t>& integers(std::string_view key) const;

  const std::vector<GgufTensor>& tensors() const { return tensors_; }
  const GgufTensor* tensor(std::string_view name) const;  // null where there is none
  const std::filesystem::path& path() const { return file_->path(); }

 private:
  [[noreturn]] void fail(std::string_view key, std::string_view what) const;

  std::shared_ptr<const MappedFile> file_;
  std::vector<std::pair<std::string_view, GgufValue>> values_;  // by key
  std::vector<GgufTensor> tensors_;                             // in the file's order
  std::vector<std::uint32_t> by_name_;                          // indices of tensors_ in the order of their names
};

// Whether dequantize() knows the type.
bool gguf_type_readable(std::uint32_t type);

// Rows [row, row + count) of a tensor as float32, count * cols() numbers. Throws BrokenFile for a type that is not
// readable.
void dequantize(const GgufTensor& tensor, std::int64_t row, std::int64_t count, float* out);

}  // namespace attnscope
