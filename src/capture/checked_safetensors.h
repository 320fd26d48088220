// A safetensors file whose tensors and metadata are asked for with what they must be: every mismatch is one line that
// says what would be right. What the tensors mean is left to capture_file.cpp and capture_document.cpp.
#pragma once
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/tensor.h"
#include "formats/safetensors.h"

namespace attnscope {

// A whole number as std::to_string writes it, 0 or more; none for anything else.
std::optional<std::int64_t> parse_whole(std::string_view text);

class CheckedSafetensors {
 public:
  // In a wanted shape: any length at all, any of at least 1.
  static constexpr std::int64_t any_length = -1;
  static constexpr std::int64_t some_length = -2;
  using Shape = std::vector<std::int64_t>;

  explicit CheckedSafetensors(const std::filesystem::path& path) : file_(SafetensorsFile::open(path)) {}

  const SafetensorsFile& file() const { return file_; }
  // "FILE: metadata "key"", the beginning of a message about a metadata value.
  std::string place_of(const std::string& key) const;
  // Throws BrokenFile with the file's name before `what`.
  [[noreturn]] void fail(const std::string& what) const;

  const std::string* metadata(const std::string& key) const;  // null where there is none
  // The whole number under a key, `fallback` where the key is missing; BrokenFile for other text and above `most`.
  std::int64_t whole_metadata(const std::string& key, std::int64_t fallback, std::int64_t most) const;

  // A tensor by name, type (as the format spells it) and shape; BrokenFile where there is no such tensor.
  const SafetensorsEntry& entry(const std::string& name) const;
  const SafetensorsEntry& entry(const std::string& name, std::string_view dtype, const Shape& shape) const;
  // The same as [blocks, rows, cols], mapped: F32, F16 and BF16 only.
  Tensor matrices(const std::string& name, std::string_view dtype, const Shape& shape) const {
    return file_.tensor(entry(name, dtype, shape));
  }
  // The numbers of a tensor, copied; `dtype` must be the one of Number.
  template <typename Number>
  std::vector<Number> numbers(const std::string& name, std::string_view dtype, const Shape& shape) const {
    const auto bytes = file_.bytes(entry(name, dtype, shape));
    std::vector<Number> values(bytes.size() / sizeof(Number));
    if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }

 private:
  SafetensorsFile file_;
};

}  // namespace attnscope
