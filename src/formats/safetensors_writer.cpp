#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "core/error.h"
#include "formats/json.h"
#include "formats/names.h"
#include "formats/safetensors.h"
#include "formats/safetensors_header.h"

namespace attnscope {
namespace {

constexpr std::size_t length_bytes = 8;
constexpr std::size_t alignment = 64;

// Gives each entry its range in the data, one after the other; returns the length of all.
std::size_t lay_out(std::vector<SafetensorsEntry>& entries, const std::string& where) {
  std::size_t end = 0;
  for (SafetensorsEntry& entry : entries) {
    const std::optional<std::size_t> size = safetensors_size(entry.dtype, entry.shape);
    if (!size || *size > static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max()) - end) {
      throw Error(where + "tensor " + in_quotes(entry.name) + " has a dtype or shape that the format cannot hold");
    }
    entry.begin = end;
    entry.end = end += *size;
  }
  return end;
}

// One member of the header: a name that is not UTF-8 cannot be written as JSON.
std::string member(const std::string& name, const Json& value, const std::string& where) {
  if (!is_utf8(name)) throw Error(where + "the name " + in_quotes(name) + " is not UTF-8");
  return Json(name).dump() + ":" + value.dump();
}

// Length and text of the header, padded with spaces so that the data starts aligned.
std::string header_bytes(const std::vector<SafetensorsEntry>& entries,
                         const std::map<std::string, std::string>& metadata, const std::string& where) {
  std::string text = "{";
  if (!metadata.empty()) {
    for (const auto& [key, value] : metadata) {
      if (!is_utf8(key) || !is_utf8(value)) throw Error(where + "metadata " + in_quotes(key) + " is not UTF-8");
    }
    text += member("__metadata__", metadata, where);
  }
  for (const SafetensorsEntry& entry : entries) {
    if (text.size() > 1) text += ",";
    const Json value = {
        {"dtype", entry.dtype}, {"shape", entry.shape}, {"data_offsets", std::array{entry.begin, entry.end}}};
    text += member(entry.name, value, where);
  }
  text += "}";
  text.resize((length_bytes + text.size() + alignment - 1) / alignment * alignment - length_bytes, ' ');
  const std::uint64_t length = text.size();
  std::string bytes(length_bytes, '\0');
  std::memcpy(bytes.data(), &length, length_bytes);
  return bytes + text;
}

}  // namespace

SafetensorsWriter::SafetensorsWriter(const std::filesystem::path& path, std::vector<SafetensorsEntry> entries,
                                     const std::map<std::string, std::string>& metadata)
    : where_(path.string() + ": "), file_(path), entries_(std::move(entries)) {
  const std::size_t data = lay_out(entries_, where_);
  const std::string header = header_bytes(entries_, metadata, where_);
  const std::string_view text = header;
  parse_safetensors_header(text.substr(length_bytes), path.string());  // refuses a name used twice
  file_.reserve(header.size() + data);
  file_.write(0, std::as_bytes(std::span(header)));
  for (SafetensorsEntry& entry : entries_) {
    entry.begin += header.size();
    entry.end += header.size();
  }
  written_[0] = header.size();
  size_ = header.size() + data;
}

void SafetensorsWriter::write(std::string_view name, std::size_t offset, std::span<const std::byte> data) {
  const auto entry = std::find_if(entries_.begin(), entries_.end(), [&](const auto& e) { return e.name == name; });
  if (entry == entries_.end()) throw Error(where_ + "has no tensor " + in_quotes(name) + " to write");
  const std::size_t size = entry->end - entry->begin;
  if (offset > size || data.size() > size - offset) {
    throw Error(where_ + "tensor " + in_quotes(name) + " has " + std::to_string(size) + " bytes, " +
                std::to_string(data.size()) + " cannot be written at " + std::to_string(offset));
  }
  if (data.empty()) return;
  file_.write(entry->begin + offset, data);
  mark_written(entry->begin + offset, entry->begin + offset + data.size());
}

void SafetensorsWriter::mark_written(std::size_t begin, std::size_t end) {
  auto next = written_.upper_bound(begin);
  const auto before = std::prev(next);  // the header's range begins at 0
  if (before->second >= begin) {
    begin = before->first;
    end = std::max(end, before->second);
  }
  while (next != written_.end() && next->first <= end) {
    end = std::max(end, next->second);
    next = written_.erase(next);
  }
  written_[begin] = end;
}

void SafetensorsWriter::finish() {
  if (written_.size() != 1 || written_.begin()->second != size_) {
    const std::size_t hole = written_.begin()->second;
    const auto entry = std::find_if(entries_.begin(), entries_.end(), [&](const auto& e) { return hole < e.end; });
    throw Error(where_ + "cannot be finished: tensor " + in_quotes(entry->name) + " was not written from its byte " +
                std::to_string(hole - entry->begin) + " on");
  }
  file_.finish();
}

}  // namespace attnscope
