// A frame: input reaches widgets, pixels come back, the scale follows the window, and frames are the same on every run.
#include "app/frame.h"

#include <gtest/gtest.h>
#include <implot.h>

#include "driver.h"
#include "ui/fonts.h"

namespace attnscope {
namespace {

constexpr ImVec4 red{0.9F, 0.1F, 0.1F, 1.0F}, green{0.1F, 0.8F, 0.2F, 1.0F};

// A window of ImGui's over the whole screen, with a button, a swatch of colour and a text field.
class Panel {
 public:
  explicit Panel(Driver& driver) : driver_(driver) {
    driver.set_panels([this] { draw(); });
  }

  int clicks = 0;
  std::array<char, 64> text{};
  bool with_swatch = true;

 private:
  void draw() {
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(ImGui::GetIO().DisplaySize);
    ImGui::Begin("panel", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove);
    if (ImGui::Button("count")) ++clicks;
    driver_.probe().mark("count");
    if (with_swatch)
      ImGui::ColorButton("swatch", clicks % 2 == 0 ? red : green, ImGuiColorEditFlags_NoTooltip, {60, 40});
    if (with_swatch) driver_.probe().mark("swatch");
    ImGui::InputText("text", text.data(), text.size());
    driver_.probe().mark("text");
    ImGui::End();
  }

  Driver& driver_;
};

TEST(Frame, BringsInputToWidgetsAndPixelsBack) {
  Driver driver;
  Panel panel(driver);
  EXPECT_TRUE(is_colour(driver.colour(driver.point("swatch")), red));
  driver.click("count");
  EXPECT_EQ(panel.clicks, 1);
  EXPECT_TRUE(is_colour(driver.colour(driver.point("swatch")), green));
  driver.click("text");
  driver.type("Внимание");
  EXPECT_STREQ(panel.text.data(), "Внимание");
  driver.press(ImGuiKey_A, ImGuiMod_Ctrl);
  driver.press(ImGuiKey_C, ImGuiMod_Ctrl);
  EXPECT_STREQ(glfwGetClipboardString(driver.window().handle()), "Внимание");
}

TEST(Frame, LeavesTheArrowKeysToTheProduct) {
  Driver driver;
  const Panel panel(driver);
  driver.press(ImGuiKey_Tab);
  driver.press(ImGuiKey_DownArrow);
  EXPECT_FALSE(ImGui::GetIO().NavActive);
  EXPECT_TRUE(ImGui::GetIO().ConfigFlags & ImGuiConfigFlags_DockingEnable);
}

TEST(Frame, FindsOnlyWhatTheLatestFrameMarked) {
  Driver driver;
  Panel panel(driver);
  EXPECT_TRUE(driver.probe().find("swatch"));
  panel.with_swatch = false;
  driver.frames(1);
  EXPECT_FALSE(driver.probe().find("swatch"));
  EXPECT_TRUE(driver.probe().find("count"));
  EXPECT_THROW(driver.point("swatch"), std::runtime_error);
}

TEST(Frame, ScaleIsTheHeightBy900AndFollowsTheWindow) {
  Driver driver({.headless = true, .width = 800, .height = 600});
  for (const auto& [height, scale] : {std::pair{600, 1.0F}, std::pair{1800, 2.0F}, std::pair{1350, 1.5F},
                                      std::pair{3600, 3.0F}, std::pair{900, 1.0F}}) {
    glfwSetWindowSize(driver.window().handle(), 1200, height);
    EXPECT_EQ(driver.frame().scale(), scale) << height;
    driver.frames(1);
    EXPECT_EQ(driver.frame().picture().height, height);
  }
}

TEST(Frame, KeepsAScaleThatWasSet) {
  Driver driver({.headless = true, .width = 800, .height = 1800}, 1.25F);
  EXPECT_EQ(driver.frame().scale(), 1.25F);
}

TEST(Frame, IsTheSameOnEveryRun) {
  const auto run = [] {
    Driver driver({.headless = true, .width = 320, .height = 240});
    FontLibrary library;
    const Fonts fonts = library.load(*ImGui::GetIO().Fonts);
    Panel panel(driver);
    driver.set_panels([&] {
      ImGui::PushFont(fonts.ui, 24.0F);
      ImGui::Begin("plot");
      ImGui::TextUnformatted(library.aliases().displayed("αβ 注意 \U0001F600").c_str());
      if (ImPlot::BeginPlot("lines", {200, 100})) ImPlot::EndPlot();
      ImGui::End();
      ImGui::PopFont();
    });
    EXPECT_EQ(ImGui::GetIO().DeltaTime, 1.0F / 60.0F);
    return driver.frame().picture().pixels;
  };
  const auto first = run();
  EXPECT_EQ(first.size(), std::size_t{4} * 320 * 240);
  EXPECT_EQ(first, run());
}

TEST(Frame, ClearsToTheColourBehindThePanels) {
  Driver driver({.headless = true, .width = 64, .height = 64});
  ImGui::GetStyle().Colors[ImGuiCol_DockingEmptyBg] = red;
  driver.frames(1);
  EXPECT_TRUE(is_colour(driver.colour({32, 32}), red));
  EXPECT_TRUE(is_colour(driver.colour({0, 63}), red));
}

TEST(Frame, HasNoPictureBeforeTheFirst) {
  Window window({.headless = true, .width = 64, .height = 64});
  const Frame frame(window);
  EXPECT_EQ(frame.picture().width, 0);
  EXPECT_TRUE(frame.picture().pixels.empty());
}

}  // namespace
}  // namespace attnscope
