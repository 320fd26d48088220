// How Dear ImGui gets glyphs: by FreeType, from a stack of fonts, through the aliases of code points beyond 16 bits.
// Which fonts there are is left to font_stack.h, which ones the interface uses to fonts.h.
#pragma once
#include <imgui.h>

#include "ui/font_stack.h"
#include "ui/glyph_aliases.h"

namespace attnscope {

// What one font of ImGui is drawn from. ImGui keeps its address: it must stay where it is, and outlive the last frame.
struct FontSource {
  FontStack& stack;
  const GlyphAliases& aliases;
};

// Pixels of an em at ImGui's font size `size`, which is the height of a line: 13 at 16. And the way back.
constexpr float em_of_font_size(float size) { return size * 13.0F / 16.0F; }
constexpr float font_size_of_em(float em) { return em * 16.0F / 13.0F; }

// Adds a font to the atlas that draws every code point some font of the stack has. All fonts have the em above and the
// baseline of Inter, so that they mix on a line. Glyphs are made when first drawn, at the size drawn.
ImFont* add_font(ImFontAtlas& atlas, FontSource& source);

}  // namespace attnscope
