#include <algorithm>
#include <limits>

#include "core/error.h"
#include "formats/gguf.h"
#include "formats/names.h"

namespace attnscope {

void GgufFile::fail(std::string_view key, std::string_view what) const {
  throw BrokenFile(path().string() + ": the key " + in_quotes(key) + " " + std::string(what));
}

const GgufValue* GgufFile::find(std::string_view key) const {
  const auto found = std::lower_bound(values_.begin(), values_.end(), key,
                                      [](const auto& value, std::string_view k) { return value.first < k; });
  return found == values_.end() || found->first != key ? nullptr : &found->second;
}

std::int64_t GgufFile::integer(std::string_view key, std::optional<std::int64_t> fallback) const {
  const GgufValue* const value = find(key);
  if (value == nullptr && fallback) return *fallback;
  if (value == nullptr) fail(key, "is missing, an integer is needed");
  if (const auto* const number = std::get_if<std::int64_t>(value)) return *number;
  const auto* const number = std::get_if<std::uint64_t>(value);
  if (number == nullptr) fail(key, "must be an integer");
  if (*number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) fail(key, "must be below 2^63");
  return static_cast<std::int64_t>(*number);
}

double GgufFile::number(std::string_view key, std::optional<double> fallback) const {
  const GgufValue* const value = find(key);
  if (value == nullptr && fallback) return *fallback;
  if (value == nullptr) fail(key, "is missing, a number is needed");
  if (const auto* const real = std::get_if<double>(value)) return *real;
  if (const auto* const whole = std::get_if<std::uint64_t>(value)) return static_cast<double>(*whole);
  if (const auto* const whole = std::get_if<std::int64_t>(value)) return static_cast<double>(*whole);
  fail(key, "must be a number");
}

std::string_view GgufFile::string(std::string_view key, std::optional<std::string_view> fallback) const {
  const GgufValue* const value = find(key);
  if (value == nullptr && fallback) return *fallback;
  if (value == nullptr) fail(key, "is missing, a string is needed");
  const auto* const text = std::get_if<std::string_view>(value);
  if (text == nullptr) fail(key, "must be a string");
  return *text;
}

namespace {

// The items of an array of this kind of items, null where the value is something else.
template <typename Item>
const std::vector<Item>* items_of(const GgufValue* value) {
  const auto* const array = value == nullptr ? nullptr : std::get_if<std::shared_ptr<GgufArray>>(value);
  return array == nullptr ? nullptr : std::get_if<std::vector<Item>>(&(*array)->items);
}

}  // namespace

const std::vector<std::string_view>& GgufFile::strings(std::string_view key) const {
  const auto* const items = items_of<std::string_view>(find(key));
  if (items == nullptr)
    fail(key, find(key) == nullptr ? "is missing, a list of strings is needed" : "must be a list of strings");
  return *items;
}

const std::vector<std::int64_t>& GgufFile::integers(std::string_view key) const {
  const auto* const items = items_of<std::int64_t>(find(key));
  if (items == nullptr) {
    fail(key,
         find(key) == nullptr ? "is missing, a list of integers is needed" : "must be a list of integers below 2^63");
  }
  return *items;
}

const GgufTensor* GgufFile::tensor(std::string_view name) const {
  const auto found = std::lower_bound(by_name_.begin(), by_name_.end(), name,
                                      [&](std::uint32_t i, std::string_view n) { return tensors_[i].name < n; });
  return found == by_name_.end() || tensors_[*found].name != name ? nullptr : &tensors_[*found];
}

}  // namespace attnscope
