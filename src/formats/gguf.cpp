#include "formats/gguf.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>

#include "core/error.h"
#include "formats/gguf_cursor.h"
#include "formats/gguf_types.h"
#include "formats/names.h"

namespace attnscope {
namespace {

using Values = std::vector<std::pair<std::string_view, GgufValue>>;

// A tensor as the header has it, its bytes not placed yet.
struct TensorInfo {
  GgufTensor tensor;
  std::uint64_t offset = 0;  // from the start of the data
  std::uint64_t bytes = 0;
};

struct Counts {
  std::uint64_t tensors = 0;
  std::uint64_t values = 0;
};

// Magic, version and counts. Each count is held against the bytes that follow and against what no real file reaches.
Counts read_start(GgufCursor& cursor, const std::string& path, std::span<const std::byte> bytes) {
  if (bytes.size() < 4 || std::memcmp(bytes.data(), "GGUF", 4) != 0) {
    throw NotThisFormat(path + ": not a GGUF file: it must begin with the letters GGUF");
  }
  cursor.number<std::uint32_t>("the magic");
  const auto version = cursor.number<std::uint32_t>("the version");
  if (version != 0 && (version & 0xffffU) == 0)
    cursor.fail("a big-endian GGUF file, only little-endian ones can be read");
  if (version != 2 && version != 3) {
    cursor.fail("GGUF version " + std::to_string(version) + ", only versions 2 and 3 can be read");
  }
  Counts counts;
  counts.tensors = cursor.number<std::uint64_t>("the number of tensors");
  counts.values = cursor.number<std::uint64_t>("the number of key-values");
  constexpr std::uint64_t most_tensors = std::uint64_t{1} << 18U;
  constexpr std::uint64_t most_values = std::uint64_t{1} << 16U;
  constexpr std::uint64_t least_tensor = 24;  // bytes: name length, number of dimensions, type, offset
  constexpr std::uint64_t least_value = 13;   // key length, type, one byte
  if (counts.tensors > std::min(most_tensors, cursor.remaining() / least_tensor)) {
    cursor.fail(std::to_string(counts.tensors) + " tensors do not fit into the " + std::to_string(cursor.remaining()) +
                " bytes that follow, or are more than " + std::to_string(most_tensors));
  }
  if (counts.values > std::min(most_values, cursor.remaining() / least_value)) {
    cursor.fail(std::to_string(counts.values) + " key-values do not fit into the " +
                std::to_string(cursor.remaining()) + " bytes that follow, or are more than " +
                std::to_string(most_values));
  }
  return counts;
}

std::string_view read_name(GgufCursor& cursor, std::string_view what, std::size_t longest) {
  const std::string_view name = cursor.string(what);
  if (name.size() > longest) {
    cursor.fail(std::string(what) + " has " + std::to_string(name.size()) + " bytes, at most " +
                std::to_string(longest) + " are allowed");
  }
  if (!is_utf8(name)) cursor.fail(std::string(what) + " " + in_quotes(name) + " is not UTF-8");
  return name;
}

// The key-values by key; `alignment` is set where the file gives one.
Values read_values(GgufCursor& cursor, std::uint64_t count, std::uint32_t& alignment) {
  Values values;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view key = read_name(cursor, "a key", 65535);
    const GgufKind kind = cursor.kind(in_quotes(key));
    values.emplace_back(key, cursor.value(kind, key));
    if (key != "general.alignment") continue;
    if (kind != GgufKind::u32) cursor.fail("\"general.alignment\" must be a 32-bit unsigned integer");
    alignment = static_cast<std::uint32_t>(std::get<std::uint64_t>(values.back().second));
    if (!std::has_single_bit(alignment)) {
      cursor.fail("\"general.alignment\" is " + std::to_string(alignment) + ", it must be a power of two");
    }
  }
  std::sort(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  const auto twice =
      std::adjacent_find(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.first == b.first; });
  if (twice != values.end()) cursor.fail("the key " + in_quotes(twice->first) + " appears twice");
  return values;
}

// Bytes of a tensor of this type and shape; fails where a row is no whole number of blocks or the size overflows.
std::uint64_t size_of_tensor(const GgufCursor& cursor, const GgufTensor& tensor) {
  const std::string what = "tensor " + in_quotes(tensor.name);
  const GgufType* const type = find_gguf_type(tensor.type);
  if (type == nullptr) cursor.fail(what + " is of the unknown " + gguf_type_name(tensor.type));
  // Zeros count as ones here, so that no product of some of the dimensions overflows either.
  std::int64_t product = 1;
  bool overflow = false;
  for (const std::int64_t length : tensor.shape) {
    overflow = overflow || length < 0 || __builtin_mul_overflow(product, std::max<std::int64_t>(length, 1), &product);
  }
  std::int64_t bytes = 0;
  overflow = overflow || __builtin_mul_overflow(product, type->block_bytes, &bytes);
  if (overflow) cursor.fail(what + " has dimensions whose product is beyond 2^63");
  if (tensor.cols() % type->block_values != 0) {
    cursor.fail(what + " has rows of " + std::to_string(tensor.cols()) + " values, " + std::string(type->name) +
                " needs a multiple of " + std::to_string(type->block_values));
  }
  return static_cast<std::uint64_t>(tensor.cols() / type->block_values * tensor.rows() * type->block_bytes);
}

TensorInfo read_tensor(GgufCursor& cursor) {
  TensorInfo info;
  info.tensor.name = read_name(cursor, "a tensor's name", 64);
  const std::string what = "tensor " + in_quotes(info.tensor.name);
  const auto dimensions = cursor.number<std::uint32_t>(what);
  if (dimensions > 4) cursor.fail(what + " has " + std::to_string(dimensions) + " dimensions, at most 4 are allowed");
  for (std::uint32_t i = 0; i < dimensions; ++i) info.tensor.shape.push_back(cursor.number<std::int64_t>(what));
  info.tensor.type = cursor.number<std::uint32_t>(what);
  info.offset = cursor.number<std::uint64_t>(what);
  info.bytes = size_of_tensor(cursor, info.tensor);
  return info;
}

// Gives each tensor its bytes of `data`; all must be aligned, inside, and apart from each other.
void place_tensors(std::vector<TensorInfo>& infos, std::span<const std::byte> data, std::uint32_t alignment,
                   const std::string& path) {
  for (TensorInfo& info : infos) {
    const std::string what = path + ": tensor " + in_quotes(info.tensor.name);
    if (info.offset % alignment != 0) {
      throw BrokenFile(what + " lies at offset " + std::to_string(info.offset) + ", not a multiple of the alignment " +
                       std::to_string(alignment));
    }
    if (info.bytes == 0) continue;
    if (info.offset > data.size() || info.bytes > data.size() - info.offset) {
      throw BrokenFile(what + " needs " + std::to_string(info.bytes) + " bytes at offset " +
                       std::to_string(info.offset) + ", the file has " + std::to_string(data.size()) +
                       " bytes of data");
    }
    info.tensor.data = data.subspan(info.offset, info.bytes);
  }
  std::vector<const TensorInfo*> order;
  for (const TensorInfo& info : infos) {
    if (info.bytes != 0) order.push_back(&info);
  }
  std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->offset < b->offset; });
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (order[i - 1]->offset + order[i - 1]->bytes <= order[i]->offset) continue;
    throw BrokenFile(path + ": tensors " + in_quotes(order[i - 1]->tensor.name) + " and " +
                     in_quotes(order[i]->tensor.name) + " overlap");
  }
}

}  // namespace

GgufFile GgufFile::open(const std::filesystem::path& path) {
  GgufFile result;
  result.file_ = MappedFile::open(path);
  const std::span<const std::byte> bytes = result.file_->bytes();
  GgufCursor cursor(bytes, path.string());
  const Counts counts = read_start(cursor, path.string(), bytes);
  std::uint32_t alignment = 32;  // the format's default
  result.values_ = read_values(cursor, counts.values, alignment);
  std::vector<TensorInfo> infos;
  for (std::uint64_t i = 0; i < counts.tensors; ++i) infos.push_back(read_tensor(cursor));

  const std::uint64_t data_begin = (cursor.position() + std::uint64_t{alignment} - 1) / alignment * alignment;
  place_tensors(infos, bytes.subspan(std::min<std::uint64_t>(data_begin, bytes.size())), alignment, path.string());
  for (TensorInfo& info : infos) result.tensors_.push_back(std::move(info.tensor));

  const auto& tensors = result.tensors_;
  auto& by_name = result.by_name_;
  by_name.resize(tensors.size());
  std::iota(by_name.begin(), by_name.end(), 0U);
  std::sort(by_name.begin(), by_name.end(), [&](auto a, auto b) { return tensors[a].name < tensors[b].name; });
  const auto twice = std::adjacent_find(by_name.begin(), by_name.end(),
                                        [&](auto a, auto b) { return tensors[a].name == tensors[b].name; });
  if (twice != by_name.end()) {
    throw BrokenFile(path.string() + ": the tensor name " + in_quotes(tensors[*twice].name) + " appears twice");
  }
  return result;
}

}  // namespace attnscope
