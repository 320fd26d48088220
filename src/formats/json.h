// JSON as files give it to us: strict, with limits, errors that name the place. Parsing by nlohmann-json.
#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace attnscope {

using Json = nlohmann::json;

enum class DuplicateKeys : std::uint8_t { allow, refuse };

// Parses RFC 8259 text: valid UTF-8 only, no byte order mark, no comments, no NaN, no lone surrogates, nothing but
// white space after the value, at most 128 levels of nesting. With DuplicateKeys::allow the last value of a key wins.
// Throws BrokenFile, whose message begins with `where` (a file's name).
Json parse_json(std::string_view text, const std::string& where, DuplicateKeys duplicates = DuplicateKeys::allow);

}  // namespace attnscope
