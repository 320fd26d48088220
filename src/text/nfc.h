// Unicode normalisation form C with the way back to the bytes of the text as it was.
#pragma once
#include <optional>
#include <string_view>

#include "text/utf8.h"

namespace attnscope {

// NFC of valid UTF-8; none where the text is in that form already. A changed stretch stands for the whole stretch, from
// one character that no other combines with to the next, that it was made from.
std::optional<ReplacedText> to_nfc(std::string_view text);

}  // namespace attnscope
