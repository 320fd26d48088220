#include "capture/checked_safetensors.h"

#include <charconv>

#include "core/error.h"
#include "formats/names.h"

namespace attnscope {
namespace {

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const std::int64_t length : shape) {
    text += text.empty() ? "[" : ", ";
    text += length == CheckedSafetensors::any_length    ? "any length"
            : length == CheckedSafetensors::some_length ? "at least 1"
                                                        : std::to_string(length);
  }
  return text.empty() ? "[]" : text + "]";
}

bool fits(const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& wanted) {
  if (shape.size() != wanted.size()) return false;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    const bool right = wanted[d] == CheckedSafetensors::any_length    ? true
                       : wanted[d] == CheckedSafetensors::some_length ? shape[d] >= 1
                                                                      : shape[d] == wanted[d];
    if (!right) return false;
  }
  return true;
}

}  // namespace

std::optional<std::int64_t> parse_whole(std::string_view text) {
  std::int64_t value = 0;
  const std::errc error = std::from_chars(text.data(), text.data() + text.size(), value).ec;
  if (error != std::errc() || value < 0 || std::to_string(value) != text) return {};
  return value;
}

std::string CheckedSafetensors::place_of(const std::string& key) const {
  return file_.path().string() + ": metadata " + in_quotes(key);
}

void CheckedSafetensors::fail(const std::string& what) const { throw BrokenFile(file_.path().string() + ": " + what); }

const std::string* CheckedSafetensors::metadata(const std::string& key) const {
  const auto found = file_.metadata().find(key);
  return found == file_.metadata().end() ? nullptr : &found->second;
}

std::int64_t CheckedSafetensors::whole_metadata(const std::string& key, std::int64_t fallback,
                                                std::int64_t most) const {
  const std::string* const text = metadata(key);
  if (text == nullptr) return fallback;
  const std::optional<std::int64_t> value = parse_whole(*text);
  if (!value || *value > most) {
    throw BrokenFile(place_of(key) + " is " + in_quotes(*text) + ", it must be a whole number of at most " +
                     std::to_string(most));
  }
  return *value;
}

const SafetensorsEntry& CheckedSafetensors::entry(const std::string& name) const {
  const SafetensorsEntry* const found = file_.find(name);
  if (found == nullptr) fail("tensor " + in_quotes(name) + " is missing");
  return *found;
}

const SafetensorsEntry& CheckedSafetensors::entry(const std::string& name, std::string_view dtype,
                                                  const Shape& shape) const {
  const SafetensorsEntry& found = entry(name);
  const std::string where = "tensor " + in_quotes(name);
  if (found.dtype != dtype) fail(where + " is of type " + found.dtype + ", it must be " + std::string(dtype));
  if (!fits(found.shape, shape)) {
    fail(where + " has shape " + shape_text(found.shape) + ", it must be " + shape_text(shape));
  }
  return found;
}

}  // namespace attnscope
