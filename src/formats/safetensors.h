// The safetensors format: 8 bytes of header length, a JSON header, then the tensors' bytes without gaps.
// Source: the specification in the README of the safetensors project.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/dtype.h"
#include "core/mapped_file.h"
#include "core/tensor.h"
#include "formats/output_file.h"

namespace attnscope {

struct SafetensorsEntry {
  std::string name;
  std::string dtype;                // as the format spells it: "F32", "F16", "BF16", "I32", "I64", "U8", ...
  std::vector<std::int64_t> shape;  // empty: a scalar
  std::size_t begin = 0;            // of the file, bytes
  std::size_t end = 0;
};

std::optional<DType> dtype_of(std::string_view safetensors_name);  // none for the types that are not tensors of ours
std::string_view safetensors_name(DType type);

// A file opened for reading: mapped, its header checked in full before anything is handed out.
class SafetensorsFile {
 public:
  // Throws NotThisFormat where the first bytes cannot be a safetensors header, BrokenFile where the file breaks a rule.
  static SafetensorsFile open(const std::filesystem::path& path);

  const std::vector<SafetensorsEntry>& entries() const { return entries_; }  // by offset
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  const SafetensorsEntry* find(std::string_view name) const;  // null where there is none
  std::span<const std::byte> bytes(const SafetensorsEntry& entry) const;
  // A tensor of F32, F16 or BF16 with one to three dimensions, as [blocks, rows, cols] with leading ones; it keeps the
  // mapping alive. Throws BrokenFile for another type or shape, or for data that is not aligned to its type.
  Tensor tensor(const SafetensorsEntry& entry) const;
  const std::filesystem::path& path() const { return file_->path(); }

 private:
  std::shared_ptr<const MappedFile> file_;
  std::vector<SafetensorsEntry> entries_;
  std::vector<std::uint32_t> by_name_;  // indices of entries_ in the order of their names
  std::map<std::string, std::string> metadata_;
};

// Writes a file whose header is known before its data. It grows under a temporary name beside the target and is renamed
// by finish(); without finish() nothing is left behind. One thread at a time.
class SafetensorsWriter {
 public:
  // `entries` in file order with name, dtype and shape; begin and end are filled in. The data starts 64-byte aligned
  // and has no gaps, so entries whose sizes are not multiples of 4 belong last. Throws InputError for a path that
  // cannot be written, Error when the disk is full, for a dtype or shape that the format does not have, a name used
  // twice or text that is not UTF-8.
  SafetensorsWriter(const std::filesystem::path& path, std::vector<SafetensorsEntry> entries,
                    const std::map<std::string, std::string>& metadata);

  const std::vector<SafetensorsEntry>& entries() const { return entries_; }
  // Writes `data` at `offset` bytes into the named tensor; any order. Throws Error when the disk is full, or where the
  // data does not fit into the tensor.
  void write(std::string_view name, std::size_t offset, std::span<const std::byte> data);
  // Makes the file durable and gives it its name. Throws Error where a byte of a tensor was never written.
  void finish();

 private:
  void mark_written(std::size_t begin, std::size_t end);

  std::string where_;  // begins every message
  OutputFile file_;
  std::vector<SafetensorsEntry> entries_;
  std::map<std::size_t, std::size_t> written_;  // ranges of the file, begin to end, merged where they touch
  std::size_t size_ = 0;
};

}  // namespace attnscope
