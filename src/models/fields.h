// Typed reading of a JSON object's members, with limits and one-line errors that name the key.
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "formats/json.h"

namespace attnscope {

class Fields {
 public:
  // `where` begins every message; `object` must outlive this. Throws BrokenFile unless it is a JSON object.
  Fields(const Json& object, std::string where);

  // Whether the key is there with a value other than null.
  bool has(std::string_view key) const { return find(key) != nullptr; }
  const Json* find(std::string_view key) const;  // null where it is missing or null

  // The value under `key`, within [low, high]; missing or null gives the fallback, or BrokenFile without one.
  std::int64_t integer(std::string_view key, std::int64_t low, std::int64_t high,
                       std::optional<std::int64_t> fallback = {}) const;
  double positive(std::string_view key, std::optional<double> fallback = {}) const;  // finite and > 0
  bool boolean(std::string_view key, bool fallback) const;
  // A key that is there must be a string: null is not.
  std::string string(std::string_view key, const std::optional<std::string>& fallback = {}) const;
  [[noreturn]] void fail(std::string_view key, const std::string& what) const;

  const std::string& where() const { return where_; }

 private:
  const Json& object_;
  std::string where_;
};

}  // namespace attnscope
