// The fonts of the interface against what this system has: every script has glyphs, emoji their colours, all stand on
// one baseline. Without OpenGL: ImGui's atlas is read where it is made, in memory.
#include "ui/fonts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <imgui_internal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <memory>

#include "text/utf8.h"

namespace attnscope {
namespace {

// A frame of ImGui that nothing draws, with the fonts of `files`.
class FontFrame {
 public:
  explicit FontFrame(const FontFiles& files = find_fonts(system_font_folders()))
      : library_(std::make_unique<FontLibrary>(files)) {
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.DisplaySize = {100, 100};
    io.DeltaTime = 1.0F / 60.0F;
    io.BackendFlags |= ImGuiBackendFlags_RendererHasTextures;
    fonts_ = library_->load(*io.Fonts);
    ImGui::NewFrame();
  }
  ~FontFrame() {
    ImGui::EndFrame();
    for (ImTextureData* texture : ImGui::GetPlatformIO().Textures) texture->SetStatus(ImTextureStatus_Destroyed);
    ImGui::DestroyContext();
  }
  FontFrame(const FontFrame&) = delete;
  FontFrame& operator=(const FontFrame&) = delete;

  const Fonts& fonts() const { return fonts_; }

  // As ImGui is to draw the code point; U+FFFD where the aliases say so.
  ImWchar displayed(char32_t code_point) {
    std::string text;
    append_utf8(code_point, text);
    return static_cast<ImWchar>(decode_utf8(library_->aliases().displayed(text), 0).code_point);
  }
  // Null where no font has it.
  const ImFontGlyph* glyph(char32_t code_point, ImFont* font, float size = 16.0F, float density = 1.0F) {
    return font->GetFontBaked(size, density)->FindGlyphNoFallback(displayed(code_point));
  }
  // Red, green, blue, alpha of the glyph's pixels in the atlas.
  static std::vector<std::array<int, 4>> pixels(const ImFontGlyph& glyph) {
    const ImTextureData& texture = *ImGui::GetIO().Fonts->TexData;
    const ImTextureRect& place = *ImFontAtlasPackGetRect(ImGui::GetIO().Fonts, glyph.PackId);
    std::vector<std::array<int, 4>> all;
    for (int y = place.y; y < place.y + place.h; ++y) {
      for (int x = place.x; x < place.x + place.w; ++x) {
        const unsigned char* pixel = texture.Pixels + std::ptrdiff_t{4} * (std::ptrdiff_t{y} * texture.Width + x);
        all.push_back({pixel[0], pixel[1], pixel[2], pixel[3]});
      }
    }
    return all;
  }

 private:
  std::unique_ptr<FontLibrary> library_;
  Fonts fonts_;
};

struct Sample {
  char32_t code_point;
  const char* file;  // of scripts/packages, which has it
};

std::string name_of(const Sample& sample) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "U+%04X of %s", static_cast<unsigned>(sample.code_point), sample.file);
  return text.data();
}

// One letter a script, symbols, and code points beyond U+FFFF: Gothic, mathematics, Han, hieroglyphs, cuneiform, music.
constexpr std::array samples{Sample{'A', "Inter-Regular.otf"},
                             Sample{U'ß', "Inter-Regular.otf"},
                             Sample{U'Ж', "Inter-Regular.otf"},
                             Sample{U'α', "Inter-Regular.otf"},
                             Sample{0x2192, "Inter-Regular.otf"},
                             Sample{0xFFFD, "NotoSans-Regular.ttf"},
                             Sample{0x1D40, "NotoSans-Regular.ttf"},
                             Sample{0x2211, "NotoSansMath-Regular.ttf"},
                             Sample{0x2297, "NotoSansMath-Regular.ttf"},
                             Sample{0x1D49C, "NotoSansMath-Regular.ttf"},
                             Sample{0x0531, "NotoSansArmenian-Regular.ttf"},
                             Sample{0x05D0, "NotoSansHebrew-Regular.ttf"},
                             Sample{0x0627, "NotoSansArabic-Regular.ttf"},
                             Sample{0x0710, "NotoSansSyriac-Regular.ttf"},
                             Sample{0x0905, "NotoSansDevanagari-Regular.ttf"},
                             Sample{0x0985, "NotoSansBengali-Regular.ttf"},
                             Sample{0x0B85, "NotoSansTamil-Regular.ttf"},
                             Sample{0x0E01, "NotoSansThai-Regular.ttf"},
                             Sample{0x0E81, "NotoSansLao-Regular.ttf"},
                             Sample{0x0F40, "NotoSerifTibetan-Regular.ttf"},
                             Sample{0x1000, "NotoSansMyanmar-Regular.ttf"},
                             Sample{0x10D0, "NotoSansGeorgian-Regular.ttf"},
                             Sample{0x1200, "NotoSansEthiopic-Regular.ttf"},
                             Sample{0x13A0, "NotoSansCherokee-Regular.ttf"},
                             Sample{0x1780, "NotoSansKhmer-Regular.ttf"},
                             Sample{0x1820, "NotoSansMongolian-Regular.ttf"},
                             Sample{0xA000, "NotoSansYi-Regular.ttf"},
                             Sample{0x3042, "wqy-microhei.ttc"},
                             Sample{0x30A2, "wqy-microhei.ttc"},
                             Sample{0x6CE8, "wqy-microhei.ttc"},
                             Sample{0xC8FC, "wqy-microhei.ttc"},
                             Sample{0x10330, "NotoSansGothic-Regular.ttf"},
                             Sample{0x12000, "NotoSansCuneiform-Regular.ttf"},
                             Sample{0x13000, "NotoSansEgyptianHieroglyphs-Regular.ttf"},
                             Sample{0x17000, "NotoSerifTangut-Regular.ttf"},
                             Sample{0x1D11E, "NotoMusic-Regular.ttf"},
                             Sample{0x1E900, "NotoSansAdlam-Regular.ttf"},
                             Sample{0x2705, "NotoColorEmoji.ttf"},
                             Sample{0x1F600, "NotoColorEmoji.ttf"},
                             Sample{0x1F9E0, "NotoColorEmoji.ttf"}};

TEST(Fonts, CoverEveryScriptThatThisSystemHasAFontFor) {
  const FontFiles files = find_fonts(system_font_folders());
  FontFrame frame(files);
  int seen = 0;
  for (const Sample& sample : samples) {
    if (!files.contains(sample.file)) continue;
    ++seen;
    for (ImFont* font : {frame.fonts().ui, frame.fonts().strong, frame.fonts().mono}) {
      const ImFontGlyph* glyph = frame.glyph(sample.code_point, font);
      ASSERT_NE(glyph, nullptr) << name_of(sample);
      EXPECT_TRUE(glyph->Visible) << name_of(sample);
      const auto pixels = FontFrame::pixels(*glyph);
      EXPECT_TRUE(std::any_of(pixels.begin(), pixels.end(), [](const auto& pixel) { return pixel[3] > 100; }))
          << name_of(sample);
    }
  }
  if (seen == 0) GTEST_SKIP() << "none of the fonts of scripts/packages is installed";
}

class InstalledFonts : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name :
         {"Inter-Regular.otf", "Inter-SemiBold.otf", "JetBrainsMono-Regular.ttf", "NotoSans-Regular.ttf",
          "NotoSansGothic-Regular.ttf", "wqy-microhei.ttc", "NotoColorEmoji.ttf"}) {
      if (!files_.contains(name)) GTEST_SKIP() << name << " of scripts/packages is not installed";
    }
  }
  FontFiles files_ = find_fonts(system_font_folders());
};

TEST_F(InstalledFonts, ShowEmojiInColour) {
  FontFrame frame;
  const ImFontGlyph* face = frame.glyph(0x1F600, frame.fonts().ui, 32.0F);
  ASSERT_NE(face, nullptr);
  EXPECT_TRUE(face->Colored);
  const auto pixels = FontFrame::pixels(*face);
  const auto yellow = std::count_if(pixels.begin(), pixels.end(), [](const auto& pixel) {
    return pixel[3] > 200 && pixel[0] > 200 && pixel[1] > 140 && pixel[2] < 120;
  });
  EXPECT_GT(yellow, static_cast<std::ptrdiff_t>(pixels.size() / 3));
  EXPECT_FALSE(frame.glyph(0x2211, frame.fonts().ui)->Colored);
}

// A heart is text unless a selector follows, a white check mark an emoji; digits never are, though the emoji font has
// them.
TEST_F(InstalledFonts, ShowInColourWhatUnicodeShowsSoByDefault) {
  FontFrame frame;
  EXPECT_TRUE(frame.glyph(0x2705, frame.fonts().ui)->Colored);
  EXPECT_TRUE(frame.glyph(0x231A, frame.fonts().ui)->Colored);
  EXPECT_FALSE(frame.glyph(0x2764, frame.fonts().ui)->Colored);
  EXPECT_FALSE(frame.glyph('7', frame.fonts().ui)->Colored);
}

TEST_F(InstalledFonts, DrawNothingForJoinersSelectorsAndTags) {
  FontFrame frame;
  for (const char32_t invisible : {0x200D, 0x200C, 0xFE0F, 0xFE0E, 0x200E, 0x2060, 0xFEFF, 0xE0101, 0xE0067}) {
    const ImFontGlyph* glyph = frame.glyph(invisible, frame.fonts().ui);
    ASSERT_NE(glyph, nullptr) << std::hex << static_cast<unsigned>(invisible);
    EXPECT_FALSE(glyph->Visible) << std::hex << static_cast<unsigned>(invisible);
    EXPECT_EQ(glyph->AdvanceX, 0.0F) << std::hex << static_cast<unsigned>(invisible);
  }
}

TEST_F(InstalledFonts, ReplaceWhatNoFontHas) {
  FontFrame frame;
  EXPECT_EQ(frame.glyph(0x3FFFD, frame.fonts().ui), nullptr);  // not assigned
  ImFontBaked* baked = frame.fonts().ui->GetFontBaked(16.0F);
  EXPECT_EQ(baked->FindGlyph(frame.displayed(0x3FFFD))->Codepoint, 0xFFFDU);
}

// Letters that stand on the baseline, of the fonts themselves and of fallbacks, at sizes whole and not.
TEST_F(InstalledFonts, StandOnOneBaselineOnAWholePixel) {
  FontFrame frame;
  for (const float size : {13.0F, 16.0F, 17.7F, 19.08F, 32.0F}) {
    const float baseline = frame.fonts().ui->GetFontBaked(size)->Ascent;
    EXPECT_EQ(baseline, std::round(baseline)) << size;
    for (ImFont* font : {frame.fonts().ui, frame.fonts().strong, frame.fonts().mono}) {
      EXPECT_EQ(font->GetFontBaked(size)->Ascent, baseline) << size;
      for (const char32_t letter : {char32_t{'H'}, char32_t{U'Н'}, char32_t{0x1D34}, char32_t{0x10337}}) {
        const float below = frame.glyph(letter, font, size)->Y1 - baseline;
        if (letter == 0x1D34) {
          EXPECT_LT(below, 0.0F) << "a superscript H at " << size;
        } else {
          EXPECT_NEAR(below, 0.0F, 0.01F) << std::hex << static_cast<unsigned>(letter) << " at " << size;
        }
      }
    }
  }
}

TEST_F(InstalledFonts, HaveAnEmOf13PixelsAtSize16) {
  FontFrame frame;
  EXPECT_NEAR(frame.glyph('0', frame.fonts().mono)->AdvanceX, 0.6F * 13.0F, 0.01F);  // JetBrains Mono: 600 of 1000
  EXPECT_NEAR(frame.glyph(0x6CE8, frame.fonts().ui)->AdvanceX, 13.0F, 0.01F);        // Han: one em
  EXPECT_NEAR(frame.glyph(0x1F600, frame.fonts().ui)->AdvanceX, 13.0F * 136.0F / 109.0F, 0.01F);
  const ImFontGlyph& capital = *frame.glyph('H', frame.fonts().ui, 160.0F);
  EXPECT_NEAR(capital.Y1 - capital.Y0, 0.727F * 130.0F, 1.0F);  // Inter's capitals: .727 em
}

TEST_F(InstalledFonts, KeepTheirMeasuresOnAScreenOfTwiceThePixels) {
  FontFrame frame;
  const ImFontGlyph one = *frame.glyph('g', frame.fonts().ui, 16.0F, 1.0F);
  const ImFontGlyph two = *frame.glyph('g', frame.fonts().ui, 16.0F, 2.0F);
  EXPECT_NEAR(two.AdvanceX, one.AdvanceX, 0.02F);
  EXPECT_NEAR(two.Y1, one.Y1, 0.75F);
  EXPECT_NEAR(two.X1 - two.X0, one.X1 - one.X0, 1.0F);
  ImFontAtlas* atlas = ImGui::GetIO().Fonts;
  EXPECT_GT(2 * ImFontAtlasPackGetRect(atlas, two.PackId)->h, 3 * ImFontAtlasPackGetRect(atlas, one.PackId)->h);
}

// Where the ink is, by the middle of its mass, must not depend on how finely it was drawn.
TEST_F(InstalledFonts, PutTheInkWhereTheOutlineIs) {
  FontFrame frame;
  const auto middle = [](const ImFontGlyph& glyph) {
    const ImTextureRect& place = *ImFontAtlasPackGetRect(ImGui::GetIO().Fonts, glyph.PackId);
    const auto pixels = FontFrame::pixels(glyph);
    double mass = 0.0, moment = 0.0;
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      const auto column = static_cast<double>(i % place.w) + 0.5;
      mass += pixels[i][3];
      moment += pixels[i][3] * (glyph.X0 + column / place.w * (glyph.X1 - glyph.X0));
    }
    return moment / mass;
  };
  for (const char32_t letter : {char32_t{'l'}, char32_t{'F'}, char32_t{'m'}}) {
    const double large = middle(*frame.glyph(letter, frame.fonts().ui, 160.0F)) / 10.0;  // one column a pixel
    EXPECT_NEAR(middle(*frame.glyph(letter, frame.fonts().ui, 16.0F)), large, 0.06) << static_cast<char>(letter);
  }
}

TEST_F(InstalledFonts, FallBackWhereOneIsMissingOrBroken) {
  const std::string broken = testing::TempDir() + "broken." + std::to_string(::getpid()) + ".otf";
  std::ofstream(broken) << "not a font";
  FontFiles files = files_;
  files.erase("Inter-SemiBold.otf");
  files["Inter-Regular.otf"] = broken;
  FontFrame frame(files);
  EXPECT_TRUE(frame.glyph('A', frame.fonts().ui)->Visible);
  EXPECT_TRUE(frame.glyph('A', frame.fonts().strong)->Visible);
  std::filesystem::remove(broken);
}

TEST(Fonts, OfASystemWithoutAnyAreImGuisOwn) {
  FontFrame frame{FontFiles{}};
  for (ImFont* font : {frame.fonts().ui, frame.fonts().strong, frame.fonts().mono}) {
    ASSERT_NE(font, nullptr);
    EXPECT_TRUE(frame.glyph('A', font)->Visible);
  }
}

}  // namespace
}  // namespace attnscope
