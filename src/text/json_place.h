// A value inside a JSON file together with where it stands, so that whoever finds it wrong can say so in one line.
#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "formats/json.h"

namespace attnscope {

// Cheap to copy apart from its path; refers to the parsed file, which must outlive it. Every member that finds the
// value to be of another kind throws BrokenFile: "FILE: PATH must be ...".
class JsonPlace {
 public:
  JsonPlace(const Json& value, const std::string& where) : value_(&value), where_(&where) {}

  const Json& value() const { return *value_; }
  const std::string& where() const { return *where_; }
  // Whether this object has the key and its value is not null.
  bool has(std::string_view key) const;
  // The value under a key that must be there.
  JsonPlace at(std::string_view key) const;
  JsonPlace item(std::size_t index) const;  // of an array

  std::size_t array_size() const;
  const Json& object() const;
  const std::string& string() const;
  bool boolean() const;
  std::uint64_t integer(std::uint64_t most) const;  // 0 to `most`
  double number() const;
  std::uint32_t u32() const { return static_cast<std::uint32_t>(integer(0xFFFFFFFFU)); }
  // A string of exactly one code point.
  const std::string& character() const;
  // A string that is one of these.
  const std::string& one_of(std::initializer_list<std::string_view> names) const;

  // The value of a key that may be missing, null included.
  bool boolean_or(std::string_view key, bool fallback) const { return has(key) ? at(key).boolean() : fallback; }

  // "FILE: PATH WHAT".
  [[noreturn]] void fail(const std::string& what) const;

 private:
  JsonPlace(const Json& value, const std::string& where, std::string path)
      : value_(&value), where_(&where), path_(std::move(path)) {}
  const Json* value_;
  const std::string* where_;
  std::string path_;
};

}  // namespace attnscope
