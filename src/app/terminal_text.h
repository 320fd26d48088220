// Any bytes as one line of a terminal: what cannot be shown is escaped, and what is shown has a width.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace attnscope {

// `bytes` in double quotes. Control characters, characters that are invisible or change the direction of writing, and
// bytes that are not UTF-8 are escaped (\n, \x1b, \u{202e}, \xff), as are \ and ". What would be wider than `columns`
// ends in "…" in their place.
std::string quoted_line(std::string_view bytes, std::size_t columns);

// `bytes` without quotes, escaped in the same way but for \ and ", and whole: for names and messages.
std::string escaped_line(std::string_view bytes);

// Columns that a terminal gives to a text without control characters.
std::size_t columns_of(std::string_view text);

}  // namespace attnscope
