// The fonts of the interface. Sizes are chosen where text is drawn: ImGui::PushFont(fonts.ui, size), and 16 is the size
// of an em of 13 pixels (freetype_loader.h). Text beyond ASCII goes through GlyphAliases::displayed() first.
#pragma once
#include <imgui.h>

#include <vector>

#include "ui/font_files.h"
#include "ui/font_stack.h"
#include "ui/freetype_loader.h"
#include "ui/glyph_aliases.h"

namespace attnscope {

struct Fonts {
  ImFont* ui = nullptr;      // Inter
  ImFont* strong = nullptr;  // Inter SemiBold, for headings
  ImFont* mono = nullptr;    // JetBrains Mono, for numbers
};

// What fonts are drawn from. ImGui keeps its address from load() on: it must outlive the last frame.
class FontLibrary {
 public:
  // `files`: the fonts there are. Throws Error where FreeType does not start.
  explicit FontLibrary(const FontFiles& files = find_fonts(system_font_folders()));
  FontLibrary(const FontLibrary&) = delete;
  FontLibrary& operator=(const FontLibrary&) = delete;
  ~FontLibrary() = default;

  // Adds the three fonts to the atlas, once. A font that is not there is replaced by one like it; where none is there,
  // by ImGui's own, which has ASCII only.
  Fonts load(ImFontAtlas& atlas);

  GlyphAliases& aliases() { return aliases_; }

 private:
  GlyphAliases aliases_;
  FreeTypeLibrary freetype_;
  FallbackFonts fallbacks_;
  FontStack ui_stack_, strong_stack_, mono_stack_;
  FontSource ui_, strong_, mono_;
};

}  // namespace attnscope
