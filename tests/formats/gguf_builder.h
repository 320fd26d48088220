// GGUF files for tests, byte by byte: right ones and wrong ones, so nothing is checked here.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "formats/gguf_cursor.h"

namespace attnscope {

class GgufBuilder {
 public:
  using Kind = GgufKind;

  explicit GgufBuilder(std::uint32_t version = 3) : version_(version) {}

  template <typename T>
  GgufBuilder& value(std::string_view key, Kind kind, T number) {
    begin_value(key, kind);
    append(values_, number);
    return *this;
  }
  GgufBuilder& text(std::string_view key, std::string_view text) {
    begin_value(key, Kind::string);
    append_string(values_, text);
    return *this;
  }
  template <typename T>
  GgufBuilder& list(std::string_view key, Kind item, const std::vector<T>& numbers) {
    list_claiming(key, item, numbers.size());
    for (const T number : numbers) append(values_, number);
    return *this;
  }
  GgufBuilder& texts(std::string_view key, const std::vector<std::string>& texts) {
    list_claiming(key, Kind::string, texts.size());
    for (const std::string& text : texts) append_string(values_, text);
    return *this;
  }
  // A list that says how long it is, without its items.
  GgufBuilder& list_claiming(std::string_view key, Kind item, std::uint64_t count) {
    begin_value(key, Kind::array);
    append(values_, static_cast<std::uint32_t>(item));
    append(values_, count);
    return *this;
  }
  // The data reaches to the end of the last tensor; its byte i is i.
  GgufBuilder& tensor(std::string_view name, const std::vector<std::int64_t>& shape, std::uint32_t type,
                      std::uint64_t offset, std::size_t bytes) {
    append_string(tensors_, name);
    append(tensors_, static_cast<std::uint32_t>(shape.size()));
    for (const std::int64_t length : shape) append(tensors_, length);
    append(tensors_, type);
    append(tensors_, offset);
    ++tensor_count_;
    data_ = std::max(data_, offset + bytes);
    return *this;
  }

  std::string bytes() const {
    std::string all = "GGUF";
    append(all, version_);
    append(all, tensor_count_);
    append(all, value_count_);
    all += values_ + tensors_;
    all.resize((all.size() + 31) / 32 * 32);
    for (std::uint64_t i = 0; i < data_; ++i) all += static_cast<char>(i);
    return all;
  }

 private:
  template <typename T>
  static void append(std::string& to, T number) {
    std::string bytes(sizeof number, '\0');
    std::memcpy(bytes.data(), &number, sizeof number);
    to += bytes;
  }
  static void append_string(std::string& to, std::string_view text) {
    append(to, std::uint64_t{text.size()});
    to += text;
  }
  void begin_value(std::string_view key, Kind kind) {
    append_string(values_, key);
    append(values_, static_cast<std::uint32_t>(kind));
    ++value_count_;
  }

  std::uint32_t version_;
  std::uint64_t tensor_count_ = 0;
  std::uint64_t value_count_ = 0;
  std::uint64_t data_ = 0;
  std::string values_;
  std::string tensors_;
};

}  // namespace attnscope
