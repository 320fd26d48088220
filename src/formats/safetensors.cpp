#include "formats/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <numeric>
#include <tuple>

#include "core/error.h"
#include "formats/names.h"
#include "formats/safetensors_header.h"

namespace attnscope {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian and is read in place");

constexpr std::size_t length_bytes = 8;
constexpr std::uint64_t longest_header = 100'000'000;  // the limit of the reference implementation

// The JSON text of the header.
std::string_view header_text(const MappedFile& file) {
  const std::span<const std::byte> bytes = file.bytes();
  const std::string where = file.path().string() + ": ";
  if (bytes.size() <= length_bytes || bytes[length_bytes] != std::byte{'{'}) {
    throw NotThisFormat(where + "not a safetensors file: byte 8 must be the { of a JSON header");
  }
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), length_bytes);
  if (length > longest_header) {
    throw BrokenFile(where + "header of " + std::to_string(length) + " bytes, at most " +
                     std::to_string(longest_header) + " are allowed");
  }
  if (length > bytes.size() - length_bytes) {
    throw BrokenFile(where + "header of " + std::to_string(length) + " bytes, but the file ends after " +
                     std::to_string(bytes.size() - length_bytes));
  }
  return {reinterpret_cast<const char*>(bytes.data()) + length_bytes, static_cast<std::size_t>(length)};
}

// Sorts the entries by offset and moves their offsets to the file; they must cover `data` bytes without gap or overlap.
void place_entries(std::vector<SafetensorsEntry>& entries, std::size_t data_begin, std::size_t data,
                   const std::string& where) {
  std::sort(entries.begin(), entries.end(), [](const SafetensorsEntry& a, const SafetensorsEntry& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  std::size_t covered = 0;
  for (SafetensorsEntry& entry : entries) {
    if (entry.begin != covered) {
      throw BrokenFile(where + "tensor " + in_quotes(entry.name) + " begins at byte " + std::to_string(entry.begin) +
                       " of the data, the one before it ends at " + std::to_string(covered));
    }
    if (entry.end > data) {
      throw BrokenFile(where + "tensor " + in_quotes(entry.name) + " ends at byte " + std::to_string(entry.end) +
                       " of the data, the file has only " + std::to_string(data));
    }
    covered = entry.end;
    entry.begin += data_begin;
    entry.end += data_begin;
  }
  if (covered != data) {
    throw BrokenFile(where + std::to_string(data - covered) + " bytes after the last tensor belong to none");
  }
}

std::vector<std::uint32_t> order_by_name(const std::vector<SafetensorsEntry>& entries) {
  std::vector<std::uint32_t> order(entries.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return entries[a].name < entries[b].name; });
  return order;
}

}  // namespace

std::optional<DType> dtype_of(std::string_view safetensors_name) {
  if (safetensors_name == "F32") return DType::f32;
  if (safetensors_name == "F16") return DType::f16;
  if (safetensors_name == "BF16") return DType::bf16;
  return {};
}

std::string_view safetensors_name(DType type) {
  return type == DType::f32 ? "F32" : type == DType::f16 ? "F16" : "BF16";
}

SafetensorsFile SafetensorsFile::open(const std::filesystem::path& path) {
  SafetensorsFile result;
  result.file_ = MappedFile::open(path);
  const std::string_view text = header_text(*result.file_);
  SafetensorsHeader header = parse_safetensors_header(text, path.string() + ": header");
  const std::size_t data_begin = length_bytes + text.size();
  place_entries(header.entries, data_begin, result.file_->bytes().size() - data_begin, path.string() + ": ");
  result.entries_ = std::move(header.entries);
  result.metadata_ = std::move(header.metadata);
  result.by_name_ = order_by_name(result.entries_);
  return result;
}

const SafetensorsEntry* SafetensorsFile::find(std::string_view name) const {
  const auto found = std::lower_bound(by_name_.begin(), by_name_.end(), name,
                                      [&](std::uint32_t i, std::string_view n) { return entries_[i].name < n; });
  return found == by_name_.end() || entries_[*found].name != name ? nullptr : &entries_[*found];
}

std::span<const std::byte> SafetensorsFile::bytes(const SafetensorsEntry& entry) const {
  return file_->bytes().subspan(entry.begin, entry.end - entry.begin);
}

Tensor SafetensorsFile::tensor(const SafetensorsEntry& entry) const {
  const std::string where = path().string() + ": tensor " + in_quotes(entry.name) + ": ";
  const std::optional<DType> dtype = dtype_of(entry.dtype);
  if (!dtype) throw BrokenFile(where + "of type " + entry.dtype + ", F32, F16 or BF16 is needed");
  if (entry.shape.empty() || entry.shape.size() > 3) {
    throw BrokenFile(where + "has " + std::to_string(entry.shape.size()) + " dimensions, one to three are needed");
  }
  std::array<std::int64_t, 3> shape = {1, 1, 1};
  std::copy(entry.shape.rbegin(), entry.shape.rend(), shape.rbegin());
  const std::byte* const data = bytes(entry).data();
  if (entry.begin % size_of(*dtype) != 0) {
    throw BrokenFile(where + "begins at byte " + std::to_string(entry.begin) + ", which is not a multiple of its " +
                     std::to_string(size_of(*dtype)) + "-byte numbers");
  }
  return Tensor::borrow(file_, data, *dtype, shape[0], shape[1], shape[2]);
}

}  // namespace attnscope
