#include "formats/gguf_cursor.h"

#include <algorithm>

#include "core/error.h"
#include "formats/names.h"

namespace attnscope {
namespace {

// Bytes that an item of an array takes at least.
std::uint64_t least_size(GgufKind kind) {
  switch (kind) {
    case GgufKind::u8:
    case GgufKind::i8:
    case GgufKind::boolean:
      return 1;
    case GgufKind::u16:
    case GgufKind::i16:
      return 2;
    case GgufKind::u32:
    case GgufKind::i32:
    case GgufKind::f32:
      return 4;
    case GgufKind::array:
      return 12;
    default:
      return 8;
  }
}

}  // namespace

void GgufCursor::fail(const std::string& what) const {
  throw BrokenFile(where_ + ": at byte " + std::to_string(position_) + ": " + what);
}

void GgufCursor::need(std::uint64_t bytes, std::string_view what) const {
  if (bytes <= remaining()) return;
  fail(std::string(what) + " needs " + std::to_string(bytes) + " bytes, the file has " + std::to_string(remaining()) +
       " more");
}

std::string_view GgufCursor::string(std::string_view what) {
  const auto length = number<std::uint64_t>(what);
  need(length, what);
  const auto* const text = reinterpret_cast<const char*>(bytes_.data() + position_);
  position_ += length;
  return {text, static_cast<std::size_t>(length)};
}

GgufKind GgufCursor::kind(std::string_view what) {
  const auto kind = number<std::uint32_t>(what);
  if (kind > static_cast<std::uint32_t>(GgufKind::f64)) {
    fail(std::string(what) + " has the unknown value type " + std::to_string(kind) + ", known are 0 to 12");
  }
  return static_cast<GgufKind>(kind);
}

bool GgufCursor::boolean(std::string_view what) {
  const auto byte = number<std::uint8_t>(what);
  if (byte > 1) fail(std::string(what) + " is the boolean " + std::to_string(byte) + ", it must be 0 or 1");
  return byte == 1;
}

GgufValue GgufCursor::value(GgufKind kind, std::string_view key) {
  const std::string what = "the value of " + in_quotes(key);
  switch (kind) {
    case GgufKind::u8:
      return std::uint64_t{number<std::uint8_t>(what)};
    case GgufKind::i8:
      return std::int64_t{number<std::int8_t>(what)};
    case GgufKind::u16:
      return std::uint64_t{number<std::uint16_t>(what)};
    case GgufKind::i16:
      return std::int64_t{number<std::int16_t>(what)};
    case GgufKind::u32:
      return std::uint64_t{number<std::uint32_t>(what)};
    case GgufKind::i32:
      return std::int64_t{number<std::int32_t>(what)};
    case GgufKind::f32:
      return double{number<float>(what)};
    case GgufKind::boolean:
      return boolean(what);
    case GgufKind::string:
      return string(what);
    case GgufKind::array:
      return array(what, 1);
    case GgufKind::u64:
      return number<std::uint64_t>(what);
    case GgufKind::i64:
      return number<std::int64_t>(what);
    case GgufKind::f64:
      return number<double>(what);
  }
  fail(what + " is of no known type");
}

// Arrays are the one part that grows in memory: a byte can become a 64-bit number. Real files hold a few million items.
void GgufCursor::spend(std::uint64_t items, std::string_view what) {
  constexpr std::uint64_t most = std::uint64_t{1} << 25U;
  if (items > most - array_items_) {
    fail(std::string(what) + " brings the arrays of this file beyond " + std::to_string(most) + " items");
  }
  array_items_ += items;
}

template <typename Stored, typename Widened>
std::vector<Widened> GgufCursor::numbers(std::uint64_t count, std::string_view what) {
  std::vector<Widened> items(static_cast<std::size_t>(count));
  for (Widened& item : items) item = Widened{number<Stored>(what)};
  return items;
}

std::shared_ptr<GgufArray> GgufCursor::array(std::string_view what, int depth) {
  constexpr int deepest = 8;
  constexpr std::uint64_t cost_of_an_array = 8;  // an empty one takes the memory of about eight items
  if (depth > deepest) fail(std::string(what) + " nests arrays deeper than " + std::to_string(deepest) + " levels");
  const GgufKind item = kind(what);
  const auto count = number<std::uint64_t>(what);
  if (count > remaining() / least_size(item)) {
    fail(std::string(what) + " is an array of " + std::to_string(count) + " items, the file has only " +
         std::to_string(remaining()) + " bytes more");
  }
  spend(item == GgufKind::array ? count * cost_of_an_array : count, what);
  auto result = std::make_shared<GgufArray>();
  auto& items = result->items;
  switch (item) {
    case GgufKind::u8:
      items = numbers<std::uint8_t, std::int64_t>(count, what);
      break;
    case GgufKind::i8:
      items = numbers<std::int8_t, std::int64_t>(count, what);
      break;
    case GgufKind::u16:
      items = numbers<std::uint16_t, std::int64_t>(count, what);
      break;
    case GgufKind::i16:
      items = numbers<std::int16_t, std::int64_t>(count, what);
      break;
    case GgufKind::u32:
      items = numbers<std::uint32_t, std::int64_t>(count, what);
      break;
    case GgufKind::i32:
      items = numbers<std::int32_t, std::int64_t>(count, what);
      break;
    case GgufKind::i64:
      items = numbers<std::int64_t, std::int64_t>(count, what);
      break;
    case GgufKind::f32:
      items = numbers<float, double>(count, what);
      break;
    case GgufKind::f64:
      items = numbers<double, double>(count, what);
      break;
    case GgufKind::u64: {
      auto wide = numbers<std::uint64_t, std::uint64_t>(count, what);
      const bool fits = std::none_of(wide.begin(), wide.end(), [](std::uint64_t v) { return v >> 63U != 0; });
      if (fits) {
        items = std::vector<std::int64_t>(wide.begin(), wide.end());
      } else {
        items = std::move(wide);
      }
      break;
    }
    case GgufKind::boolean: {
      auto& flags = items.emplace<std::vector<std::int64_t>>(count);
      for (std::int64_t& flag : flags) flag = boolean(what) ? 1 : 0;
      break;
    }
    case GgufKind::string: {
      auto& texts = items.emplace<std::vector<std::string_view>>(count);
      for (std::string_view& text : texts) text = string(what);
      break;
    }
    case GgufKind::array: {
      auto& arrays = items.emplace<std::vector<std::shared_ptr<GgufArray>>>(count);
      for (auto& inner : arrays) inner = array(what, depth + 1);
      break;
    }
  }
  return result;
}

}  // namespace attnscope
