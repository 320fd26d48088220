// Tokens as tables and headings show them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "capture/capture.h"

namespace attnscope {

// Any bytes on one line, in double quotes, escaped as terminal_text.h says and cut after 32 columns.
std::string text_label(std::string_view bytes);

// The text of a token of the document, quoted; its id where it has no bytes, as in "⟨2⟩".
std::string token_label(const CaptureInfo& info, std::int64_t token);

}  // namespace attnscope
