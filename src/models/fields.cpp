#include "models/fields.h"

#include <cmath>
#include <utility>

namespace attnscope {

Fields::Fields(const Json& object, std::string where) : object_(object), where_(std::move(where)) {
  if (!object.is_object()) throw BrokenFile(where_ + ": expected a JSON object");
}

void Fields::fail(std::string_view key, const std::string& what) const {
  throw BrokenFile(where_ + ": \"" + std::string(key) + "\" " + what);
}

const Json* Fields::find(std::string_view key) const {
  const auto at = object_.find(key);
  return at == object_.end() || at->is_null() ? nullptr : &*at;
}

std::int64_t Fields::integer(std::string_view key, std::int64_t low, std::int64_t high,
                             std::optional<std::int64_t> fallback) const {
  const Json* value = find(key);
  if (value == nullptr) {
    if (!fallback) fail(key, "is missing");
    return *fallback;
  }
  const std::string range = "must be a whole number from " + std::to_string(low) + " to " + std::to_string(high);
  if (!value->is_number_integer()) fail(key, range);
  if (value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(high)) fail(key, range);
  const auto number = value->get<std::int64_t>();
  if (number < low || number > high) fail(key, range);
  return number;
}

double Fields::positive(std::string_view key, std::optional<double> fallback) const {
  const Json* value = find(key);
  if (value == nullptr) {
    if (!fallback) fail(key, "is missing");
    return *fallback;
  }
  if (!value->is_number()) fail(key, "must be a number");
  const auto number = value->get<double>();
  if (!std::isfinite(number) || number <= 0) fail(key, "must be a positive number");
  return number;
}

bool Fields::boolean(std::string_view key, bool fallback) const {
  const Json* value = find(key);
  if (value == nullptr) return fallback;
  if (!value->is_boolean()) fail(key, "must be true or false");
  return value->get<bool>();
}

std::string Fields::string(std::string_view key, const std::optional<std::string>& fallback) const {
  const auto at = object_.find(key);
  if (at == object_.end() && fallback) return *fallback;
  if (at == object_.end()) fail(key, "is missing");
  if (!at->is_string()) fail(key, "must be a string");
  return at->get<std::string>();
}

}  // namespace attnscope
