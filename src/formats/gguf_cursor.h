// A place in the header of a GGUF file that moves on as values are read, and never beyond the end.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "formats/gguf.h"

namespace attnscope {

// The format's numbers for the types of values.
enum class GgufKind : std::uint32_t { u8, i8, u16, i16, u32, i32, f32, boolean, string, array, u64, i64, f64 };

class GgufCursor {
 public:
  // `where` begins every message.
  GgufCursor(std::span<const std::byte> bytes, std::string where) : bytes_(bytes), where_(std::move(where)) {}

  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }

  // Each throws BrokenFile where the file ends too early or the value breaks a rule; `what` says what is being read.
  template <typename Number>
  Number number(std::string_view what) {
    static_assert(std::endian::native == std::endian::little, "the format is little-endian");
    need(sizeof(Number), what);
    Number value = {};
    std::memcpy(&value, bytes_.data() + position_, sizeof value);
    position_ += sizeof value;
    return value;
  }
  std::string_view string(std::string_view what);
  GgufKind kind(std::string_view what);
  GgufValue value(GgufKind kind, std::string_view key);

  [[noreturn]] void fail(const std::string& what) const;

 private:
  void need(std::uint64_t bytes, std::string_view what) const;
  bool boolean(std::string_view what);
  std::shared_ptr<GgufArray> array(std::string_view what, int depth);
  void spend(std::uint64_t items, std::string_view what);
  template <typename Stored, typename Widened>
  std::vector<Widened> numbers(std::uint64_t count, std::string_view what);

  std::span<const std::byte> bytes_;
  std::string where_;
  std::size_t position_ = 0;
  std::uint64_t array_items_ = 0;  // of all arrays so far
};

}  // namespace attnscope
