#include "capture_samples.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "capture/hash.h"

namespace attnscope {
namespace {

Tensor hashed_tensor(DType dtype, std::int64_t blocks, std::int64_t rows, std::int64_t cols, std::uint64_t seed) {
  Tensor tensor = Tensor::allocate(dtype, blocks, rows, cols);
  for (std::int64_t i = 0; i < blocks * rows * cols; ++i) {
    const auto number = static_cast<float>(8 * hashed_unit((seed << 32U) + static_cast<std::uint64_t>(i)) - 4);
    if (dtype == DType::f32) {
      tensor.mutable_f32()[i] = number;
    } else {
      const std::uint16_t bits = dtype == DType::f16 ? f16_from_float(number) : bf16_from_float(number);
      static_cast<std::uint16_t*>(tensor.mutable_data())[i] = bits;
    }
  }
  return tensor;
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = testing::TempDir() + "attnscope-capture-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "no temporary folder " << name;
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

CaptureInfo sample_info() {
  CaptureInfo info;
  info.model = "a model";
  info.text = "one two three\nf\xff\xffr";
  info.tokens = {{1, 0, 0},    {20, 0, 3},   {21, 3, 7},   {22, 7, 13},
                 {-5, 13, 14}, {23, 14, 15}, {24, 15, 16}, {25, 16, 18}};
  info.first = 2;
  info.count = 5;
  info.notes = {"first note", "\"second\" note"};
  LayerSpec spec;
  spec.heads = 6;
  spec.kv_heads = 3;
  spec.head_dim = spec.value_dim = 8;
  spec.scale = 0.35355339059327379;
  spec.rotary = Rotary{100000, 8};
  info.layers.push_back(spec);
  spec.cap = 50;
  spec.mask.left = 3;
  spec.mask.sinks = 1;
  spec.rotary = Rotary{1e6, 4};
  spec.gives_sink = true;
  info.layers.push_back(spec);
  LayerSpec other;
  other.heads = other.kv_heads = 3;
  other.head_dim = 5;
  other.value_dim = 7;
  other.scale = -1.0 / 3;
  other.slopes = {0.25F, 0.1F, 0.0625F};
  other.mask = {false, 4, 2, 0, 4};
  other.gives_lse = false;
  info.layers.push_back(other);
  return info;
}

std::shared_ptr<const Layer> sample_layer(const LayerSpec& spec, std::int64_t n, std::uint64_t seed) {
  auto layer = std::make_shared<Layer>();
  layer->id = next_layer_id();
  layer->spec = spec;
  layer->q = hashed_tensor(spec.dtype, spec.heads, n, spec.head_dim, 4 * seed);
  layer->k = hashed_tensor(spec.dtype, spec.kv_heads, n, spec.head_dim, 4 * seed + 1);
  layer->v = hashed_tensor(spec.dtype, spec.kv_heads, n, spec.value_dim, 4 * seed + 2);
  if (spec.gives_lse) layer->lse = hashed_tensor(DType::f32, 1, spec.heads, n, 4 * seed + 3);
  for (std::int64_t h = 0; spec.gives_sink && h < spec.heads; ++h) layer->sink.push_back(static_cast<float>(h) - 1.5F);
  return layer;
}

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.dtype() == b.dtype() && a.blocks() == b.blocks() && a.rows() == b.rows() && a.cols() == b.cols() &&
         std::memcmp(a.data(), b.data(), a.bytes()) == 0;
}

bool same_layer(const Layer& a, const Layer& b) {
  const bool same_lse = a.lse.has_value() == b.lse.has_value() && (!a.lse || same_bits(*a.lse, *b.lse));
  return a.spec == b.spec && same_bits(a.q, b.q) && same_bits(a.k, b.k) && same_bits(a.v, b.v) && same_lse &&
         a.sink == b.sink;
}

OpenedFile::OpenedFile(const std::filesystem::path& path) {
  const SafetensorsFile file = SafetensorsFile::open(path);
  metadata = file.metadata();
  entries = file.entries();
  for (const SafetensorsEntry& found : entries) {
    const auto bytes = file.bytes(found);
    data[found.name].assign(bytes.begin(), bytes.end());
  }
}

void OpenedFile::write(const std::filesystem::path& path) const {
  SafetensorsWriter writer(path, entries, metadata);
  for (const auto& [name, bytes] : data) writer.write(name, 0, bytes);
  writer.finish();
}

SafetensorsEntry& OpenedFile::entry(const std::string& name) {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.name == name; });
  if (found == entries.end()) throw std::out_of_range(name);
  return *found;
}

void OpenedFile::remove(const std::string& name) {
  entries.erase(entries.begin() + (&entry(name) - entries.data()));
  data.erase(name);
}

void OpenedFile::reshape(const std::string& name, const std::string& dtype, const std::vector<std::int64_t>& shape) {
  std::size_t size = dtype == "U8" ? 1 : dtype.ends_with("64") ? 8 : dtype.ends_with("16") ? 2 : 4;
  for (const std::int64_t length : shape) size *= static_cast<std::size_t>(length);
  entry(name).dtype = dtype;
  entry(name).shape = shape;
  data.at(name).resize(size);
}

template <typename Number>
void OpenedFile::set(const std::string& name, std::size_t index, Number value) {
  if ((index + 1) * sizeof value > data.at(name).size()) throw std::out_of_range(name);
  std::memcpy(data.at(name).data() + index * sizeof value, &value, sizeof value);
}
template void OpenedFile::set(const std::string&, std::size_t, std::int64_t);
template void OpenedFile::set(const std::string&, std::size_t, float);

void OpenedFile::edit(const std::string& key, const std::string& from, const std::string& to) {
  std::string& value = metadata.at(key);
  const std::size_t at = value.find(from);
  if (at == std::string::npos) throw std::out_of_range(from);
  value.replace(at, from.size(), to);
}

}  // namespace attnscope
