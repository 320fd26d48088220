#include "ui/fonts.h"

namespace attnscope {
namespace {

ImFont* add(ImFontAtlas& atlas, FontSource& source) {
  return source.stack.empty() ? atlas.AddFontDefault() : add_font(atlas, source);
}

}  // namespace

FontLibrary::FontLibrary(const FontFiles& files)
    : freetype_(start_freetype()),
      fallbacks_(find_fallbacks(freetype_, files)),
      ui_stack_(freetype_, files, {"Inter-Regular.otf", "Inter-Regular.ttf", "NotoSans-Regular.ttf", "DejaVuSans.ttf"},
                fallbacks_),
      strong_stack_(freetype_, files,
                    {"Inter-SemiBold.otf", "Inter-SemiBold.ttf", "Inter-Medium.otf", "NotoSans-SemiBold.ttf",
                     "NotoSans-Bold.ttf", "DejaVuSans-Bold.ttf"},
                    fallbacks_),
      mono_stack_(
          freetype_, files,
          {"JetBrainsMono-Regular.ttf", "JetBrainsMono-Regular.otf", "NotoSansMono-Regular.ttf", "DejaVuSansMono.ttf"},
          fallbacks_),
      ui_{ui_stack_, aliases_},
      strong_{strong_stack_, aliases_},
      mono_{mono_stack_, aliases_} {}

Fonts FontLibrary::load(ImFontAtlas& atlas) {
  Fonts fonts;
  fonts.ui = add(atlas, ui_);
  fonts.strong = strong_stack_.empty() ? fonts.ui : add(atlas, strong_);
  fonts.mono = add(atlas, mono_);
  return fonts;
}

}  // namespace attnscope
