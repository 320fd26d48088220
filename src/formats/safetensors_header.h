// The JSON header of a safetensors file, checked entry by entry; where the entries lie in the file is left to the
// reader.
#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/safetensors.h"

namespace attnscope {

struct SafetensorsHeader {
  std::vector<SafetensorsEntry> entries;  // in the header's order; begin and end count from the start of the data
  std::map<std::string, std::string> metadata;
};

// Throws BrokenFile, whose message begins with `where`, for anything that the format does not allow in a header: among
// others a name that appears twice, an unknown dtype, a shape that does not fit its byte range. Other keys of a tensor
// are ignored.
SafetensorsHeader parse_safetensors_header(std::string_view json, const std::string& where);

// Bytes of a tensor; none where the size overflows, is no whole number of bytes, or where the dtype is unknown.
std::optional<std::size_t> safetensors_size(std::string_view dtype, const std::vector<std::int64_t>& shape);

}  // namespace attnscope
