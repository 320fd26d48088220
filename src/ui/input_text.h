// A text field over a std::string. ImGui's own part for that is not in its library.
#pragma once
#include <imgui.h>

#include <string>

#include "ui/glyph_aliases.h"

namespace attnscope {

// Whether the text was edited. The text is as ImGui draws it (GlyphAliases::editable); what `glyphs` held back of the
// keyboard goes in at the cursor.
bool input_text(GlyphAliases& glyphs, const char* id, const char* hint, std::string& text);

}  // namespace attnscope
