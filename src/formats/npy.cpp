#include "formats/npy.h"

#include <bit>
#include <string>

#include "core/error.h"
#include "formats/output_file.h"

namespace attnscope {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie in memory");

// Python's spelling of a tuple: (), (3,), (2, 3).
std::string tuple(std::span<const std::int64_t> shape) {
  std::string text = "(";
  for (const std::int64_t length : shape) {
    if (text.size() > 1) text += " ";
    text += std::to_string(length) + ",";
  }
  if (shape.size() > 1) text.pop_back();
  return text + ")";
}

// Magic, version, length and a Python dictionary that ends in a new line, 64-byte aligned as a whole.
std::string header(const std::string& type, std::span<const std::int64_t> shape) {
  const std::string dictionary = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + tuple(shape) + ", }";
  constexpr std::size_t before = 10;
  const std::size_t total = (before + dictionary.size() + 1 + 63) / 64 * 64;
  const std::size_t length = total - before;
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(length & 0xffU);
  bytes += static_cast<char>(length >> 8U);
  bytes += dictionary;
  bytes.append(total - bytes.size() - 1, ' ');
  return bytes + "\n";
}

void write(const std::filesystem::path& path, std::span<const std::int64_t> shape, const std::string& type,
           std::size_t values, std::span<const std::byte> data) {
  std::int64_t wanted = 1;
  bool fits = shape.size() <= 64;  // what NumPy takes
  for (const std::int64_t length : shape) {
    fits = fits && length >= 0 && !__builtin_mul_overflow(wanted, length, &wanted);
  }
  if (!fits || static_cast<std::size_t>(wanted) != values) {
    throw Error(path.string() + ": " + std::to_string(values) + " numbers do not fill the shape " + tuple(shape));
  }
  const std::string head = header(type, shape);
  OutputFile file(path);
  file.reserve(head.size() + data.size());
  file.write(0, std::as_bytes(std::span(head)));
  file.write(head.size(), data);
  file.finish();
}

}  // namespace

void write_npy(const std::filesystem::path& path, std::span<const std::int64_t> shape, std::span<const float> values) {
  write(path, shape, "<f4", values.size(), std::as_bytes(values));
}

void write_npy(const std::filesystem::path& path, std::span<const std::int64_t> shape,
               std::span<const std::int32_t> values) {
  write(path, shape, "<i4", values.size(), std::as_bytes(values));
}

void write_npy(const std::filesystem::path& path, std::span<const std::int64_t> shape,
               std::span<const std::int64_t> values) {
  write(path, shape, "<i8", values.size(), std::as_bytes(values));
}

}  // namespace attnscope
