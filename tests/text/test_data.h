// Reading the reference data of the tokenizers.
#pragma once
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "formats/json.h"
#include "text/token.h"

namespace attnscope {

inline std::string data_text(const std::string& name) {
  std::ifstream file(std::filesystem::path(ATTNSCOPE_TEST_DATA) / name, std::ios::binary);
  EXPECT_TRUE(file.good()) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

inline Json data_json(const std::string& name) { return parse_json(data_text(name), name); }

inline std::string from_base64(std::string_view encoded) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  unsigned count = 0;
  for (const char c : encoded) {
    const std::size_t digit = alphabet.find(c);
    if (digit == std::string_view::npos) break;
    bits = (bits << 6U) | static_cast<unsigned>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>((bits >> count) & 0xFFU);
  }
  return bytes;
}

// The bytes of a reference input.
inline std::string input_of(const Json& item) {
  return item.contains("text") ? item["text"].get<std::string>() : from_base64(item["base64"].get<std::string>());
}

// Reference tokens: ids, begin, end, or ids_plain, begin_plain, end_plain.
inline std::vector<Token> tokens_of(const Json& item, const std::string& suffix = "") {
  std::vector<Token> tokens;
  const Json& ids = item.at("ids" + suffix);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    tokens.push_back({ids[i].get<std::int32_t>(), item.at("begin" + suffix)[i].get<std::int64_t>(),
                      item.at("end" + suffix)[i].get<std::int64_t>()});
  }
  return tokens;
}

inline std::ostream& operator<<(std::ostream& out, const Token& token) {
  return out << token.id << '[' << token.begin << ',' << token.end << ')';
}

}  // namespace attnscope
