#include "capture/capture_file.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "capture/capture_document.h"
#include "capture/checked_safetensors.h"
#include "capture/layer_json.h"
#include "core/error.h"
#include "formats/json.h"
#include "formats/names.h"

namespace attnscope {
namespace {

constexpr std::int64_t most_layers = 10000;  // ten times the deepest networks: a wrong number takes no memory

void check_version(const CheckedSafetensors& file) {
  const std::string* const version = file.metadata("attnscope.version");
  if (version == nullptr) {
    throw NotThisFormat(file.file().path().string() + ": not a capture: metadata has no \"attnscope.version\"");
  }
  const std::optional<std::int64_t> number = parse_whole(*version);
  if (number && *number > 1) {
    file.fail("written by a newer attnscope: version " + *version + ", this one reads version 1");
  }
  if (number != 1) file.fail("metadata \"attnscope.version\" is " + in_quotes(*version) + ", it must be \"1\"");
}

std::vector<std::string> read_notes(const CheckedSafetensors& file) {
  const std::string* const text = file.metadata("notes");
  if (text == nullptr) return {};
  const Json notes = parse_json(*text, file.place_of("notes"));
  const bool strings =
      notes.is_array() && std::all_of(notes.begin(), notes.end(), [](const Json& note) { return note.is_string(); });
  if (!strings) throw BrokenFile(file.place_of("notes") + " must be a JSON list of strings");
  return notes.get<std::vector<std::string>>();
}

std::string layer_key(std::int64_t layer) { return "layer." + std::to_string(layer); }

// The layer of a metadata key "layer.<l>"; none for other keys.
std::optional<std::int64_t> layer_of_key(std::string_view key) {
  constexpr std::string_view prefix = "layer.";
  return key.starts_with(prefix) ? parse_whole(key.substr(prefix.size())) : std::nullopt;
}

// The layer of a tensor "layer.<l>.<part>"; none for names that mean nothing to this version.
std::optional<std::int64_t> layer_of_tensor(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return {};
  const std::string_view part = name.substr(dot + 1);
  const bool known = part == "q" || part == "k" || part == "v" || part == "lse" || part == "sink";
  return known ? layer_of_key(name.substr(0, dot)) : std::nullopt;
}

std::int64_t count_layers(const CheckedSafetensors& file) {
  std::int64_t described = 0;
  for (const auto& [key, text] : file.file().metadata()) {
    const std::optional<std::int64_t> layer = layer_of_key(key);
    if (!layer) continue;
    if (*layer >= most_layers) {
      throw BrokenFile(file.place_of(key) + ": at most " + std::to_string(most_layers) + " layers are allowed");
    }
    described = std::max(described, *layer + 1);
  }
  const std::int64_t layers = file.whole_metadata("layers", described, most_layers);
  if (layers < described) {
    throw BrokenFile(file.place_of("layers") + " is " + std::to_string(layers) + ", it must be at least " +
                     std::to_string(described) + " because \"" + layer_key(described - 1) + "\" is there");
  }
  return layers;
}

// The descriptions of all layers; a layer without one stays empty.
std::vector<LayerSpec> read_specs(const CheckedSafetensors& file) {
  std::vector<LayerSpec> specs(static_cast<std::size_t>(count_layers(file)));
  for (std::size_t l = 0; l < specs.size(); ++l) {
    const std::string key = layer_key(static_cast<std::int64_t>(l));
    const std::string* const text = file.metadata(key);
    if (text != nullptr) specs[l] = parse_layer_json(*text, file.place_of(key));
  }
  return specs;
}

// The layers that have tensors; each must have a description.
std::set<std::int64_t> find_layers(const CheckedSafetensors& file) {
  std::set<std::int64_t> layers;
  for (const SafetensorsEntry& entry : file.file().entries()) {
    const std::optional<std::int64_t> layer = layer_of_tensor(entry.name);
    if (!layer) continue;
    if (file.metadata(layer_key(*layer)) == nullptr) {
      file.fail("tensor " + in_quotes(entry.name) + " needs its layer's description, metadata \"" + layer_key(*layer) +
                "\"");
    }
    layers.insert(*layer);
  }
  if (layers.empty()) file.fail("holds no layer, tensors such as \"layer.0.q\" are needed");
  return layers;
}

std::vector<float> read_sink(const CheckedSafetensors& file, const std::string& name, std::int64_t heads) {
  auto sink = file.numbers<float>(name, "F32", {heads});
  if (std::any_of(sink.begin(), sink.end(), [](float logit) { return std::isnan(logit); })) {
    file.fail("tensor " + in_quotes(name) + " holds a NaN, each must be a number");
  }
  return sink;
}

// The layer whose description is `spec`, which is completed by what the tensors say. `count` is the length of the
// context, 0 until the first layer tells it.
std::shared_ptr<const Layer> read_layer(const CheckedSafetensors& file, const std::string& key, LayerSpec& spec,
                                        std::int64_t& count) {
  auto layer = std::make_shared<Layer>();
  const std::string dtype = file.entry(key + ".q").dtype;
  if (!dtype_of(dtype)) file.fail("tensor \"" + key + ".q\" is of type " + dtype + ", it must be F32, F16 or BF16");
  const std::int64_t n = count == 0 ? CheckedSafetensors::some_length : count;
  layer->q = file.matrices(key + ".q", dtype, {spec.heads, n, spec.head_dim});
  count = layer->q.rows();
  layer->k = file.matrices(key + ".k", dtype, {spec.kv_heads, count, spec.head_dim});
  layer->v = file.matrices(key + ".v", dtype, {spec.kv_heads, count, CheckedSafetensors::some_length});
  spec.value_dim = layer->v.cols();
  spec.dtype = layer->q.dtype();
  spec.gives_lse = file.file().find(key + ".lse") != nullptr;
  spec.gives_sink = file.file().find(key + ".sink") != nullptr;
  if (spec.gives_lse) layer->lse = file.matrices(key + ".lse", "F32", {spec.heads, count});
  if (spec.gives_sink) layer->sink = read_sink(file, key + ".sink", spec.heads);
  layer->spec = spec;
  layer->id = next_layer_id();
  return layer;
}

}  // namespace

std::unique_ptr<Capture> open_capture(const std::filesystem::path& path) {
  const CheckedSafetensors file(path);
  check_version(file);
  CaptureInfo info;
  const std::string* const model = file.metadata("model");
  if (model == nullptr) file.fail("metadata has no \"model\", it must be the model's name");
  info.model = *model;
  info.notes = read_notes(file);
  info.layers = read_specs(file);
  const std::set<std::int64_t> present = find_layers(file);
  std::map<std::int64_t, std::shared_ptr<const Layer>> layers;
  for (std::size_t l = 0; l < info.layers.size(); ++l) {
    const auto index = static_cast<std::int64_t>(l);
    if (present.contains(index)) {
      layers[index] = read_layer(file, layer_key(index), info.layers[l], info.count);
    } else {
      info.absent.push_back(index);
    }
  }
  read_document(file, info);
  auto capture = std::make_unique<Capture>(std::move(info));
  for (auto& [index, layer] : layers) capture->publish(index, std::move(layer), LayerState::on_disk);
  return capture;
}

}  // namespace attnscope
