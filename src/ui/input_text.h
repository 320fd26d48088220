// A text field over a std::string. ImGui's own part for that is not in its library.
#pragma once
#include <imgui.h>

#include <string>

namespace attnscope {

// Whether the text was edited. The text is as ImGui draws it (GlyphAliases::displayed).
bool input_text(const char* id, const char* hint, std::string& text, ImGuiInputTextFlags flags = 0);

}  // namespace attnscope
