#include "text/json_place.h"

#include <algorithm>

#include "core/error.h"
#include "formats/names.h"
#include "text/utf8.h"

namespace attnscope {

void JsonPlace::fail(const std::string& what) const {
  throw BrokenFile(*where_ + ": " + (path_.empty() ? "the file" : path_) + " " + what);
}

bool JsonPlace::has(std::string_view key) const {
  const Json& members = object();
  const auto found = members.find(std::string(key));
  return found != members.end() && !found->is_null();
}

JsonPlace JsonPlace::at(std::string_view key) const {
  const Json& members = object();
  const auto found = members.find(std::string(key));
  if (found == members.end()) fail("has no key \"" + std::string(key) + "\"");
  return {*found, *where_, path_.empty() ? std::string(key) : path_ + "." + std::string(key)};
}

JsonPlace JsonPlace::item(std::size_t index) const {
  return {value_->at(index), *where_, path_ + "[" + std::to_string(index) + "]"};
}

std::size_t JsonPlace::array_size() const {
  if (!value_->is_array()) fail("must be an array");
  return value_->size();
}

const Json& JsonPlace::object() const {
  if (!value_->is_object()) fail("must be an object");
  return *value_;
}

const std::string& JsonPlace::string() const {
  if (!value_->is_string()) fail("must be a string");
  return value_->get_ref<const std::string&>();
}

bool JsonPlace::boolean() const {
  if (!value_->is_boolean()) fail("must be true or false");
  return value_->get<bool>();
}

std::uint64_t JsonPlace::integer(std::uint64_t most) const {
  if (!value_->is_number_unsigned() || value_->get<std::uint64_t>() > most) {
    fail("must be an integer from 0 to " + std::to_string(most));
  }
  return value_->get<std::uint64_t>();
}

double JsonPlace::number() const {
  if (!value_->is_number()) fail("must be a number");
  return value_->get<double>();
}

const std::string& JsonPlace::character() const {
  const std::string& text = string();
  if (text.empty() || decode_utf8(text, 0).length != text.size()) fail("must be a string of one character");
  return text;
}

const std::string& JsonPlace::one_of(std::initializer_list<std::string_view> names) const {
  const std::string& text = string();
  if (std::find(names.begin(), names.end(), text) != names.end()) return text;
  std::string known;
  for (const std::string_view name : names) known += (known.empty() ? "" : ", ") + std::string(name);
  fail("is " + in_quotes(text) + "; known are " + known);
}

}  // namespace attnscope
