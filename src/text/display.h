// Arbitrary bytes made fit for a terminal, and how wide they are there. Drawing in the window is another room's matter.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace attnscope {

// Printable UTF-8 that shows `bytes`, one line, nothing that a terminal obeys: a line feed is U+2424, a carriage return
// U+240D, a tab U+2409; other control and format characters (direction marks among them), line and paragraph
// separators, private and unassigned code points become \xHH or \u{HHHH}; each byte that is not UTF-8 becomes \xHH. A
// combining mark without a character before it stands on U+25CC. Spaces and backslashes stay.
std::string escape_for_terminal(std::string_view bytes);

// Terminal columns of valid UTF-8: 2 for wide characters, 0 for combining marks and controls.
std::size_t terminal_width(std::string_view text);

}  // namespace attnscope
