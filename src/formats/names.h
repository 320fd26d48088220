// Names and strings as files give them: are they text, and how do they look in a one-line message?
#pragma once
#include <string>
#include <string_view>

namespace attnscope {

// Whether the bytes are UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view bytes);

// The bytes in double quotes, fit for one line of a message: control characters and bytes that are not UTF-8 become
// \xHH, and what goes beyond 60 bytes is cut ("..." and the length in bytes follow).
std::string in_quotes(std::string_view bytes);

}  // namespace attnscope
