#include "golden.h"

#include <cstring>
#include <fstream>
#include <iterator>

#include "core/error.h"

namespace attnscope::test {
namespace {

template <typename T>
double number(const std::byte* from) {
  T value{};
  std::memcpy(&value, from, sizeof value);
  return static_cast<double>(value);
}

// Block `block` of the `blocks` equal parts of a tensor, as float64.
std::vector<double> numbers(const SafetensorsFile& file, const SafetensorsEntry& entry, std::size_t block,
                            std::size_t blocks) {
  using Reader = double (*)(const std::byte*);
  const std::map<std::string, std::pair<Reader, std::size_t>> readers = {{"F32", {number<float>, 4}},
                                                                         {"F64", {number<double>, 8}},
                                                                         {"I32", {number<std::int32_t>, 4}},
                                                                         {"U8", {number<std::uint8_t>, 1}}};
  const auto [read, width] = readers.at(entry.dtype);
  const std::span<const std::byte> bytes = file.bytes(entry);
  const std::size_t count = bytes.size() / width / blocks;
  std::vector<double> values(count);
  for (std::size_t t = 0; t < count; ++t) values[t] = read(bytes.data() + (block * count + t) * width);
  return values;
}

}  // namespace

GoldenCase::GoldenCase(const SafetensorsFile& file, const Json& json, DType storage) : file_(file), json_(json) {
  const auto count = json.at("heads").get<std::int64_t>();
  const auto group = count / json.at("kv_heads").get<std::int64_t>();
  tensors_.reserve(static_cast<std::size_t>(3 * count));
  HeadView head;
  head.score.scale = json.at("scale").get<float>();
  if (!json.at("softcap").is_null()) head.score.cap = json.at("softcap").get<float>();
  head.mask = mask();
  for (std::int64_t h = 0; h < count; ++h) {
    head.q = stored("q", h, storage);
    if (h % group == 0) {
      head.k = stored("k", h / group, storage);
      head.v = stored("v", h / group, storage);
    }
    heads_.push_back(head);
  }
  const SafetensorsEntry* entry = file.find(name() + ".visible");
  if (entry != nullptr) visible_ = numbers(file, *entry, 0, 1);
}

MatrixView GoldenCase::stored(const std::string& what, std::int64_t block, DType storage) {
  const SafetensorsEntry* entry = file_.find(name() + "." + what);
  if (entry == nullptr) throw BrokenFile("golden values: no tensor " + name() + "." + what);
  const auto rows = entry->shape.at(1);
  const auto cols = entry->shape.at(2);
  const std::vector<double> values =
      numbers(file_, *entry, static_cast<std::size_t>(block), static_cast<std::size_t>(entry->shape.at(0)));
  Tensor& tensor = tensors_.emplace_back(Tensor::allocate(storage, 1, rows, cols));
  auto* halves = static_cast<std::uint16_t*>(tensor.mutable_data());
  for (std::size_t t = 0; t < values.size(); ++t) {
    const auto value = static_cast<float>(values[t]);
    if (storage == DType::f32) tensor.mutable_f32()[t] = value;
    if (storage == DType::f16) halves[t] = f16_from_float(value);
    if (storage == DType::bf16) halves[t] = bf16_from_float(value);
  }
  return tensor.block(0);
}

Mask GoldenCase::mask() {
  Mask mask;
  mask.causal = json_.at("causal").get<bool>();
  mask.offset = json_.at("n_k").get<std::int64_t>() - json_.at("n_q").get<std::int64_t>();
  mask.sinks = json_.at("sinks").get<std::int64_t>();
  if (!json_.at("window").is_null()) {
    mask.left = json_.at("window").get<std::int64_t>();
    if (!mask.causal) mask.right = mask.left;
  }
  if (!json_.at("valid").is_null()) mask.n_valid = json_.at("valid").get<std::int64_t>();
  if (json_.at("bitmap").is_null()) return mask;
  for (const Json& row : json_.at("bitmap")) {
    std::uint64_t word = 0;  // no case has more than 64 blocks in a row
    for (std::size_t c = 0; c < row.size(); ++c) word |= std::uint64_t{row[c].get<int>() != 0} << c;
    bitmap_.push_back(word);
  }
  mask.bitmap = {bitmap_.data(), json_.at("block").get<std::int64_t>(), 1};
  return mask;
}

std::vector<double> GoldenCase::result(const std::string& what, std::size_t head) const {
  const SafetensorsEntry* entry = file_.find(name() + "." + what);
  if (entry == nullptr) return {};
  return numbers(file_, *entry, head, heads_.size());
}

bool GoldenCase::visible(std::int64_t i, std::int64_t j) const {
  return visible_.at(static_cast<std::size_t>(i * heads_.front().n_k() + j)) != 0;
}

Golden::Golden(const std::filesystem::path& folder) : file_(SafetensorsFile::open(folder / "ops.safetensors")) {
  std::ifstream stream(folder / "ops.json");
  json_ = parse_json(std::string(std::istreambuf_iterator<char>(stream), {}), "ops.json");
}

std::vector<std::unique_ptr<GoldenCase>> Golden::cases() const {
  std::vector<std::unique_ptr<GoldenCase>> cases;
  for (const Json& json : json_.at("cases")) {
    cases.push_back(std::make_unique<GoldenCase>(file_, json, DType::f32));
    const Json& exact_in = json.at("exact_in");
    if (exact_in == "f16") cases.push_back(std::make_unique<GoldenCase>(file_, json, DType::f16));
    if (exact_in == "bf16") cases.push_back(std::make_unique<GoldenCase>(file_, json, DType::bf16));
  }
  return cases;
}

}  // namespace attnscope::test
