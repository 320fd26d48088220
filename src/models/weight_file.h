// Where a decoder's weights come from, under the names of Hugging Face, as float32 rows. Knows no arithmetic.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "formats/gguf.h"
#include "models/decoder_config.h"

namespace attnscope {

class WeightFile {
 public:
  virtual ~WeightFile() = default;
  // [rows, cols] of a weight, [1, n] of a vector; empty where there is no tensor of that name.
  virtual std::vector<std::int64_t> shape(const std::string& name) const = 0;
  // Rows [row, row + count) as float32.
  virtual void read(const std::string& name, std::int64_t row, std::int64_t count, float* out) const = 0;
};

// A folder with model.safetensors, or with model.safetensors.index.json and its shards. Throws InputError where there
// is neither, BrokenFile for files that break their format.
std::unique_ptr<WeightFile> open_weights_folder(const std::filesystem::path& folder);

// A GGUF file of the llama architecture. Its q and k rows are stored permuted (pairs of the rotary embedding side by
// side) and come out in Hugging Face's order: row r of a head is file row (r % (d/2)) * 2 + r / (d/2), d = head_dim.
std::unique_ptr<WeightFile> gguf_weights(std::shared_ptr<const GgufFile> file, const DecoderConfig& config);

// The decoder that the key-values of a GGUF file describe. Throws BrokenFile for missing or impossible values,
// InputError for an architecture that is not supported, by name.
DecoderConfig decoder_from_gguf(const GgufFile& file);

}  // namespace attnscope
