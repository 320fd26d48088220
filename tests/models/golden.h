// Reading the reference values under tests/data.
#pragma once
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "formats/json.h"
#include "formats/safetensors.h"

namespace attnscope {

inline std::filesystem::path data_path(const std::string& name) {
  return std::filesystem::path(ATTNSCOPE_TEST_DATA) / name;
}

inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline Json golden_json(const std::string& name) { return parse_json(text_of(data_path(name)), name); }

// All numbers of a float32 tensor, in C order.
inline std::vector<float> numbers(const SafetensorsFile& file, const std::string& name) {
  const SafetensorsEntry* entry = file.find(name);
  if (entry == nullptr) return {};
  const auto bytes = file.bytes(*entry);
  const auto* first = reinterpret_cast<const float*>(bytes.data());
  return {first, first + bytes.size() / sizeof(float)};
}

}  // namespace attnscope
