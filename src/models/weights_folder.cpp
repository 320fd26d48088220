// Weights of a Hugging Face folder: one safetensors file, or shards named by an index.
#include <algorithm>
#include <map>
#include <set>

#include "core/error.h"
#include "formats/json.h"
#include "formats/safetensors.h"
#include "models/weight_file.h"

namespace attnscope {
namespace {

void widen(const Tensor& tensor, std::int64_t row, std::int64_t count, float* out) {
  const MatrixView matrix = tensor.block(0);
  for (std::int64_t r = row; r < row + count; ++r) {
    if (matrix.dtype == DType::f32) {
      out = std::copy_n(matrix.row_f32(r), matrix.cols, out);
      continue;
    }
    const auto* bits = static_cast<const std::uint16_t*>(matrix.row(r));
    for (std::int64_t c = 0; c < matrix.cols; ++c) {
      *out++ = matrix.dtype == DType::f16 ? float_from_f16(bits[c]) : float_from_bf16(bits[c]);
    }
  }
}

class FolderWeights final : public WeightFile {
 public:
  void add(const SafetensorsFile& file) {
    for (const SafetensorsEntry& entry : file.entries()) {
      // Buffers of other types (position ids of old files) are nobody's weights.
      if (!dtype_of(entry.dtype) || entry.shape.empty() || entry.shape.size() > 2) continue;
      tensors_.insert_or_assign(entry.name, file.tensor(entry));
    }
  }

  std::vector<std::int64_t> shape(const std::string& name) const override {
    const auto at = tensors_.find(name);
    if (at == tensors_.end()) return {};
    return {at->second.rows(), at->second.cols()};
  }

  void read(const std::string& name, std::int64_t row, std::int64_t count, float* out) const override {
    widen(tensors_.at(name), row, count, out);
  }

 private:
  std::map<std::string, Tensor> tensors_;
};

std::string text_of(const std::filesystem::path& path) {
  const auto file = MappedFile::open(path);
  return {reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size()};
}

// Names of the shards that an index lists. A shard lies in the folder itself: other paths are refused.
std::set<std::string> shards_of(const std::filesystem::path& index) {
  const Json json = parse_json(text_of(index), index.string());
  std::set<std::string> shards;
  if (!json.is_object() || !json.contains("weight_map") || !json["weight_map"].is_object()) {
    throw BrokenFile(index.string() + ": \"weight_map\" is missing");
  }
  for (const auto& [tensor, shard] : json["weight_map"].items()) {
    const std::string name = shard.is_string() ? shard.get<std::string>() : "";
    if (name.empty() || std::filesystem::path(name).filename() != name || name.starts_with('.')) {
      throw BrokenFile(index.string() + ": \"" + tensor + "\" must name a file of the folder");
    }
    shards.insert(name);
  }
  return shards;
}

}  // namespace

std::unique_ptr<WeightFile> open_weights_folder(const std::filesystem::path& folder) {
  auto weights = std::make_unique<FolderWeights>();
  const auto single = folder / "model.safetensors";
  const auto index = folder / "model.safetensors.index.json";
  if (std::filesystem::exists(single)) {
    weights->add(SafetensorsFile::open(single));
  } else if (std::filesystem::exists(index)) {
    for (const std::string& shard : shards_of(index)) weights->add(SafetensorsFile::open(folder / shard));
  } else {
    throw InputError(folder.string() + ": neither model.safetensors nor model.safetensors.index.json is there");
  }
  return weights;
}

}  // namespace attnscope
