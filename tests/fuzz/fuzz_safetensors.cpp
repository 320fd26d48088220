// Any bytes are a safetensors file that opens, its tensors covering the rest of the file, or one that is refused in
// words.
#include <cstdlib>

#include "core/error.h"
#include "formats/safetensors.h"
#include "input_file.h"

namespace attnscope {
namespace {

void check_tensor(const SafetensorsFile& file, const SafetensorsEntry& entry) {
  if (file.find(entry.name) != &entry) std::abort();
  try {
    if (file.tensor(entry).bytes() != file.bytes(entry).size()) std::abort();
  } catch (const BrokenFile&) {
    return;  // of a type or shape that is no tensor of ours
  }
}

void check(const SafetensorsFile& file, std::size_t file_size) {
  const auto& entries = file.entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::size_t next = i + 1 < entries.size() ? entries[i + 1].begin : file_size;
    if (entries[i].begin > entries[i].end || entries[i].end != next) std::abort();
    check_tensor(file, entries[i]);
  }
}

}  // namespace
}  // namespace attnscope

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const attnscope::InputFile input(data, size);
  try {
    attnscope::check(attnscope::SafetensorsFile::open(input.path()), size);
  } catch (const attnscope::InputError&) {
    return 0;
  }
  return 0;
}
