#include "ui/freetype_loader.h"

#include <imgui_internal.h>

#include <cmath>
#include <cstdint>
#include <vector>

namespace attnscope {
namespace {

// Inter's ascent and descent in ems (hhea): every font stands on its baseline.
constexpr float ascent = 0.96875F, descent = 0.2415F;

FontSource& source_of(const ImFontConfig* config) { return *static_cast<FontSource*>(config->FontData); }

// ImGui draws glyphs between pixels, so at small sizes they are kept at two columns a pixel: else they would blur.
int columns_at(float em) { return em <= 40.0F ? 2 : 1; }

// The picture two columns a pixel, each column the mean of itself and the one before it: a pixel's width of coverage,
// as the screen samples it at any half pixel. One column wider.
void smooth_columns(GlyphPicture& picture) {
  std::vector<std::uint8_t> wider;
  wider.reserve(picture.pixels.size() + static_cast<std::size_t>(picture.height));
  auto pixel = picture.pixels.begin();
  for (int y = 0; y < picture.height; ++y) {
    int before = 0;
    for (int x = 0; x <= picture.width; ++x) {
      const int here = x < picture.width ? *pixel++ : 0;
      wider.push_back(static_cast<std::uint8_t>((before + here + 1) / 2));
      before = here;
    }
  }
  picture.pixels = std::move(wider);
  ++picture.width;
}

bool contains(ImFontAtlas* /*atlas*/, ImFontConfig* config, ImWchar displayed) {
  FontSource& source = source_of(config);
  const char32_t code_point = source.aliases.real(displayed);
  return draws_nothing(code_point) || source.stack.find(code_point) != nullptr;
}

// The baseline on a whole pixel, with what the line has beyond Inter's height above and below in equal parts.
bool start_size(ImFontAtlas* /*atlas*/, ImFontConfig* config, ImFontBaked* baked, void* /*data*/) {
  if (config->MergeMode) return true;
  const float em = em_of_font_size(baked->Size);
  const float line_above = (baked->Size - (ascent + descent) * em) / 2.0F + ascent * em;
  baked->Ascent = std::round(line_above * baked->RasterizerDensity) / baked->RasterizerDensity;
  baked->Descent = baked->Ascent - baked->Size;
  return true;
}

// Gives the picture a place in the atlas; false where the atlas is full.
bool place(ImFontAtlas& atlas, ImFontConfig* config, ImFontBaked& baked, const GlyphPicture& picture, int columns,
           ImFontGlyph& glyph) {
  const ImFontAtlasRectId id = ImFontAtlasPackAddRect(&atlas, picture.width, picture.height);
  if (id == ImFontAtlasRectId_Invalid) return false;
  const float density = baked.RasterizerDensity;
  const float column = 1.0F / (density * static_cast<float>(columns));
  // A column holds the mean around its left edge when smoothed, which lies a quarter of a pixel left of its middle.
  glyph.X0 = (picture.left - (columns == 2 ? 0.5F : 0.0F)) * column;
  glyph.X1 = glyph.X0 + static_cast<float>(picture.width) * column;
  glyph.Y0 = baked.Ascent - picture.top / density;
  glyph.Y1 = glyph.Y0 + static_cast<float>(picture.height) / density;
  glyph.Visible = 1;
  glyph.Colored = picture.coloured ? 1 : 0;
  glyph.PackId = id;
  ImFontAtlasBakedSetFontGlyphBitmap(
      &atlas, &baked, config, &glyph, ImFontAtlasPackGetRect(&atlas, id), picture.pixels.data(),
      picture.coloured ? ImTextureFormat_RGBA32 : ImTextureFormat_Alpha8, picture.width * (picture.coloured ? 4 : 1));
  return true;
}

// ImGui asks for the advance alone, or for the glyph.
bool load(ImFontAtlas* atlas, ImFontConfig* config, ImFontBaked* baked, void* /*data*/, ImWchar displayed,
          ImFontGlyph* glyph, float* advance_alone) {
  FontSource& source = source_of(config);
  const char32_t code_point = source.aliases.real(displayed);
  const bool nothing = draws_nothing(code_point);
  FontFace* face = nothing ? nullptr : source.stack.find(code_point);
  if (face == nullptr && !nothing) return false;
  const float density = baked->RasterizerDensity;
  const float em = em_of_font_size(baked->Size) * density;
  const float advance = nothing ? 0.0F : face->advance(code_point, em) / density;
  if (advance_alone != nullptr) {
    *advance_alone = advance;
    return true;
  }
  glyph->Codepoint = displayed;
  glyph->AdvanceX = advance;
  if (nothing) return true;
  const int columns = face->is_coloured() ? 1 : columns_at(em);
  GlyphPicture picture = face->draw(code_point, em, columns);
  if (picture.width == 0) return true;
  if (columns == 2) smooth_columns(picture);
  return place(*atlas, config, *baked, picture, columns, *glyph);
}

// ImGui keeps the address.
const ImFontLoader& loader() {
  static const ImFontLoader functions = [] {
    ImFontLoader made;
    made.Name = "FreeType with fallbacks";
    made.FontSrcContainsGlyph = contains;
    made.FontBakedInit = start_size;
    made.FontBakedLoadGlyph = load;
    return made;
  }();
  return functions;
}

}  // namespace

ImFont* add_font(ImFontAtlas& atlas, FontSource& source) {
  ImFontConfig config;
  config.FontLoader = &loader();
  config.FontData = &source;
  config.FontDataSize = sizeof(source);
  config.FontDataOwnedByAtlas = false;
  return atlas.AddFont(&config);
}

}  // namespace attnscope
