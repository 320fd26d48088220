// Any bytes are a GGUF file that opens and dequantises, or one that is refused in words.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "core/error.h"
#include "formats/gguf.h"
#include "input_file.h"

namespace attnscope {
namespace {

void check(const GgufFile& file) {
  std::vector<float> values;
  for (const GgufTensor& tensor : file.tensors()) {
    if (file.tensor(tensor.name) != &tensor) std::abort();
    constexpr std::int64_t most_values = 1 << 16;
    if (!gguf_type_readable(tensor.type) || tensor.cols() > most_values) continue;
    const std::int64_t rows = std::min<std::int64_t>(tensor.rows(), 4);
    values.resize(static_cast<std::size_t>(rows * tensor.cols()));
    dequantize(tensor, 0, rows, values.data());
    dequantize(tensor, tensor.rows() - rows, rows, values.data());
  }
  file.string("general.architecture", "");
  file.integer("general.alignment", 32);
}

}  // namespace
}  // namespace attnscope

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const attnscope::InputFile input(data, size);
  try {
    attnscope::check(attnscope::GgufFile::open(input.path()));
  } catch (const attnscope::InputError&) {
    return 0;
  }
  return 0;
}
