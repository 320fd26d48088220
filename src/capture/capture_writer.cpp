#include "capture/capture_writer.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "capture/layer_json.h"
#include "capture/number_conversion.h"
#include "core/error.h"
#include "formats/names.h"

namespace attnscope {
namespace {

constexpr std::size_t block_numbers = std::size_t{1} << 16U;  // converted at once

std::string layer_name(std::int64_t layer) { return "layer." + std::to_string(layer); }

std::string gigabytes(double bytes) {
  std::string text = std::to_string(bytes / 1e9);
  return text.substr(0, text.find('.') + 4) + " GB";
}

// In double: only to compare and to show, and any shape has a size.
double size_of_entry(const SafetensorsEntry& entry) {
  double size = entry.dtype == "U8" ? 1 : entry.dtype == "I64" ? 8 : entry.dtype.ends_with("16") ? 2 : 4;
  for (const std::int64_t length : entry.shape) size *= static_cast<double>(length);
  return size;
}

void check_space(const std::filesystem::path& path, const std::vector<SafetensorsEntry>& entries) {
  double needed = 0;
  for (const SafetensorsEntry& entry : entries) needed += size_of_entry(entry);
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  std::error_code unknown;
  const std::filesystem::space_info space = std::filesystem::space(folder, unknown);
  if (unknown) return;  // the writer says what is wrong with the folder
  if (needed > static_cast<double>(space.available)) {
    throw Error(path.string() + ": needs " + gigabytes(needed) + ", there are " +
                gigabytes(static_cast<double>(space.available)) + " free in " + folder.string());
  }
}

void check_layer(const LayerSpec& spec, std::int64_t count, const Layer& layer) {
  const auto is = [](const Tensor& tensor, DType dtype, std::int64_t blocks, std::int64_t rows, std::int64_t cols) {
    return tensor.dtype() == dtype && tensor.blocks() == blocks && tensor.rows() == rows && tensor.cols() == cols;
  };
  const bool right = layer.spec == spec && is(layer.q, spec.dtype, spec.heads, count, spec.head_dim) &&
                     is(layer.k, spec.dtype, spec.kv_heads, count, spec.head_dim) &&
                     is(layer.v, spec.dtype, spec.kv_heads, count, spec.value_dim) &&
                     layer.lse.has_value() == spec.gives_lse &&
                     (!layer.lse || is(*layer.lse, DType::f32, 1, spec.heads, count)) &&
                     layer.sink.size() == static_cast<std::size_t>(spec.gives_sink ? spec.heads : 0);
  if (!right) throw std::logic_error("take: the layer is not what the capture's info says");
}

template <typename Number>
std::span<const std::byte> bytes_of(const std::vector<Number>& numbers) {
  return std::as_bytes(std::span(numbers));
}

}  // namespace

CaptureWriter::CaptureWriter(const std::filesystem::path& path, const CaptureInfo& info,
                             const CaptureFileOptions& options)
    : path_(path), info_(info), dtype_(options.dtype), parts_(info.layers.size(), Part::unwanted) {
  if (info.count < 1) throw InputError(path.string() + ": there are no tokens to capture");
  const auto layers = static_cast<std::int64_t>(parts_.size());
  if (options.layers.empty()) std::fill(parts_.begin(), parts_.end(), Part::awaited);
  for (const std::int64_t layer : info.absent) parts_.at(static_cast<std::size_t>(layer)) = Part::unwanted;
  for (const std::int64_t layer : options.layers) {
    if (layer < 0 || layer >= layers) {
      throw InputError("layer " + std::to_string(layer) + ": there are layers 0 to " + std::to_string(layers - 1));
    }
    if (std::find(info.absent.begin(), info.absent.end(), layer) != info.absent.end()) {
      throw InputError("layer " + std::to_string(layer) + " is not in this capture");
    }
    parts_[static_cast<std::size_t>(layer)] = Part::awaited;
  }
  const std::vector<SafetensorsEntry> planned = entries();
  check_space(path, planned);
  writer_ = std::make_unique<SafetensorsWriter>(path, planned, metadata());
  write_document();
}

bool CaptureWriter::wants(std::int64_t layer) const {
  return layer >= 0 && layer < static_cast<std::int64_t>(parts_.size()) &&
         parts_[static_cast<std::size_t>(layer)] == Part::awaited;
}

// lse belongs to the numbers that it was computed from.
bool CaptureWriter::writes_lse(const LayerSpec& spec) const {
  return spec.gives_lse && converts_exactly(spec.dtype, dtype_);
}

// Larger numbers first, so that each is aligned to its size without gaps.
std::vector<SafetensorsEntry> CaptureWriter::entries() const {
  const auto tokens = static_cast<std::int64_t>(info_.tokens.size());
  const std::string dtype(safetensors_name(dtype_));
  std::vector<SafetensorsEntry> entries = {
      {"begin", "I64", {tokens}}, {"end", "I64", {tokens}}, {"token_ids", "I32", {tokens}}};
  std::vector<SafetensorsEntry> matrices;
  for (std::size_t l = 0; l < parts_.size(); ++l) {
    if (parts_[l] == Part::unwanted) continue;
    const LayerSpec& spec = info_.layers[l];
    const std::string name = layer_name(static_cast<std::int64_t>(l));
    if (writes_lse(spec)) entries.push_back({name + ".lse", "F32", {spec.heads, info_.count}});
    if (spec.gives_sink) entries.push_back({name + ".sink", "F32", {spec.heads}});
    matrices.push_back({name + ".q", dtype, {spec.heads, info_.count, spec.head_dim}});
    matrices.push_back({name + ".k", dtype, {spec.kv_heads, info_.count, spec.head_dim}});
    matrices.push_back({name + ".v", dtype, {spec.kv_heads, info_.count, spec.value_dim}});
  }
  entries.insert(entries.end(), matrices.begin(), matrices.end());
  entries.push_back({"text", "U8", {static_cast<std::int64_t>(info_.text.size())}});
  return entries;
}

std::map<std::string, std::string> CaptureWriter::metadata() const {
  std::vector<std::string> notes = info_.notes;
  bool rounded = false;
  for (std::size_t l = 0; l < parts_.size(); ++l) {
    rounded = rounded || (parts_[l] != Part::unwanted && !converts_exactly(info_.layers[l].dtype, dtype_));
  }
  if (rounded) notes.push_back("q, k and v were rounded to " + std::string(name_of(dtype_)) + " when written");
  for (const std::string& note : notes) {
    if (!is_utf8(note)) throw Error(path_.string() + ": the note " + in_quotes(note) + " is not UTF-8");
  }
  std::map<std::string, std::string> metadata = {{"attnscope.version", "1"},
                                                 {"model", info_.model},
                                                 {"layers", std::to_string(info_.layers.size())},
                                                 {"first", std::to_string(info_.first)},
                                                 {"notes", nlohmann::json(notes).dump()}};
  for (std::size_t l = 0; l < info_.layers.size(); ++l) {
    if (info_.layers[l].heads > 0) metadata[layer_name(static_cast<std::int64_t>(l))] = layer_json(info_.layers[l]);
  }
  return metadata;
}

void CaptureWriter::write_document() {
  std::vector<std::int32_t> ids;
  std::vector<std::int64_t> begins;
  std::vector<std::int64_t> ends;
  for (const Token& token : info_.tokens) {
    ids.push_back(token.id);
    begins.push_back(token.begin);
    ends.push_back(token.end);
  }
  writer_->write("token_ids", 0, bytes_of(ids));
  writer_->write("begin", 0, bytes_of(begins));
  writer_->write("end", 0, bytes_of(ends));
  writer_->write("text", 0, std::as_bytes(std::span(info_.text)));
}

void CaptureWriter::write_tensor(const std::string& name, const Tensor& tensor) {
  const std::size_t count = tensor.bytes() / size_of(tensor.dtype());
  const auto* const source = static_cast<const std::byte*>(tensor.data());
  if (tensor.dtype() == dtype_) return writer_->write(name, 0, {source, tensor.bytes()});
  std::vector<std::byte> block(std::min(count, block_numbers) * size_of(dtype_));
  for (std::size_t begin = 0; begin < count; begin += block_numbers) {
    const std::size_t numbers = std::min(count - begin, block_numbers);
    try {
      convert_numbers(source + begin * size_of(tensor.dtype()), tensor.dtype(), block.data(), dtype_, numbers);
    } catch (const InputError& error) {
      throw InputError(path_.string() + ": " + name + ": " + error.what());
    }
    writer_->write(name, begin * size_of(dtype_), {block.data(), numbers * size_of(dtype_)});
  }
}

void CaptureWriter::take(std::int64_t layer, std::shared_ptr<const Layer> data) {
  Part& part = parts_.at(static_cast<std::size_t>(layer));
  if (part == Part::unwanted) return;
  if (part == Part::written) throw std::logic_error("take: a layer comes once");
  const LayerSpec& spec = info_.layers[static_cast<std::size_t>(layer)];
  check_layer(spec, info_.count, *data);
  const std::string name = layer_name(layer);
  write_tensor(name + ".q", data->q);
  write_tensor(name + ".k", data->k);
  write_tensor(name + ".v", data->v);
  if (writes_lse(spec)) {
    writer_->write(name + ".lse", 0, {static_cast<const std::byte*>(data->lse->data()), data->lse->bytes()});
  }
  if (spec.gives_sink) writer_->write(name + ".sink", 0, bytes_of(data->sink));
  part = Part::written;
}

void CaptureWriter::finish() {
  const auto missing = std::find(parts_.begin(), parts_.end(), Part::awaited);
  if (missing != parts_.end()) {
    throw Error(path_.string() + ": layer " + std::to_string(missing - parts_.begin()) + " was not computed");
  }
  writer_->finish();
}

}  // namespace attnscope
