// Compact JSON, written as it is made: the arrays of a query need not be in memory twice.
#pragma once
#include <concepts>
#include <cstdint>
#include <ostream>
#include <span>
#include <string_view>

namespace attnscope {

// The caller keeps the order of a JSON text; commas are put in by themselves.
class JsonWriter {
 public:
  explicit JsonWriter(std::ostream& out) : out_(out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(std::integral auto number) {
    if constexpr (std::same_as<decltype(number), bool>) return word(number ? "true" : "false");
    return integer(static_cast<std::int64_t>(number));
  }
  // The shortest digits that read back as the same float; null for NaN and the infinities, which JSON lacks.
  JsonWriter& value(float number);

  template <typename T>
  JsonWriter& array(std::span<const T> numbers) {
    begin_array();
    for (const T number : numbers) value(number);
    return end_array();
  }
  // `numbers` as [rows][columns].
  template <typename T>
  JsonWriter& matrix(std::span<const T> numbers, std::size_t rows) {
    const std::size_t columns = rows == 0 ? 0 : numbers.size() / rows;
    begin_array();
    for (std::size_t r = 0; r < rows; ++r) array(numbers.subspan(r * columns, columns));
    return end_array();
  }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  JsonWriter& integer(std::int64_t number);
  JsonWriter& word(std::string_view word);
  void separate();
  std::ostream& out_;
  bool comma_ = false;  // something stands before, in the same list
};

}  // namespace attnscope
