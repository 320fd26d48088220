// A frame: input reaches widgets, pixels come back, the scale follows the window, and frames are the same on every run.
#include "app/frame.h"

#include <gtest/gtest.h>
#include <implot.h>

#include <functional>
#include <utility>

#include "driver.h"
#include "ui/fonts.h"

namespace attnscope {
namespace {

constexpr ImVec4 red{0.9F, 0.1F, 0.1F, 1.0F}, green{0.1F, 0.8F, 0.2F, 1.0F};

// A window whose frames hold what `draw` submits.
class BareWindow : public Driver {
 public:
  explicit BareWindow(const Window::Settings& settings = {.headless = true}, float fixed_scale = 0.0F)
      : window_(settings), frame_(window_, fixed_scale) {
    probe_.turn_on();
  }
  // Draws the first frames, too.
  void set_panels(std::function<void()> draw) {
    draw_ = std::move(draw);
    frames(4);
  }
  Window& window() override { return window_; }
  Frame& frame() override { return frame_; }
  Probe& probe() override { return probe_; }

 protected:
  void draw_frame() override {
    frame_.begin();
    if (draw_) draw_();
    frame_.end();
  }

 private:
  Window window_;
  Frame frame_;
  Probe probe_;
  std::function<void()> draw_;
};

// A window of ImGui's over the whole screen, with a button, a swatch of colour and a text field.
class Panel {
 public:
  explicit Panel(BareWindow& driver) : driver_(driver) {
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

  BareWindow& driver_;
};

TEST(Frame, BringsInputToWidgetsAndPixelsBack) {
  BareWindow driver;
  Panel panel(driver);
  EXPECT_TRUE(is_colour(driver.colour(driver.point("swatch")), red));
  driver.click("count");
  EXPECT_EQ(panel.clicks, 1);
  EXPECT_TRUE(is_colour(driver.colour(driver.point("swatch")), green));
  driver.click("text");
  driver.type("Внимание");
  EXPECT_STREQ(panel.text.data(), "Внимание");
  driver.press(ImGuiKey_A, {ImGuiMod_Ctrl});
  driver.press(ImGuiKey_C, {ImGuiMod_Ctrl});
  EXPECT_STREQ(glfwGetClipboardString(driver.window().handle()), "Внимание");
}

TEST(Frame, LeavesTheArrowKeysToTheProduct) {
  BareWindow driver;
  const Panel panel(driver);
  driver.press(ImGuiKey_Tab);
  driver.press(ImGuiKey_DownArrow);
  EXPECT_FALSE(ImGui::GetIO().NavActive);
  EXPECT_TRUE(ImGui::GetIO().ConfigFlags & ImGuiConfigFlags_DockingEnable);
}

TEST(Frame, FindsOnlyWhatTheLatestFrameMarked) {
  BareWindow driver;
  Panel panel(driver);
  EXPECT_TRUE(driver.probe().find("swatch"));
  panel.with_swatch = false;
  driver.frames(1);
  EXPECT_FALSE(driver.probe().find("swatch"));
  EXPECT_TRUE(driver.probe().find("count"));
  EXPECT_THROW(driver.point("swatch"), std::runtime_error);
}

TEST(Frame, ScaleIsTheHeightBy900AndFollowsTheWindow) {
  BareWindow driver({.headless = true, .width = 800, .height = 600});
  for (const auto& [height, scale] : {std::pair{600, 1.0F}, std::pair{1800, 2.0F}, std::pair{1350, 1.5F},
                                      std::pair{3600, 3.0F}, std::pair{900, 1.0F}}) {
    glfwSetWindowSize(driver.window().handle(), 1200, height);
    EXPECT_EQ(driver.frame().scale(), scale) << height;
    driver.frames(1);
    EXPECT_EQ(driver.frame().picture().height, height);
  }
}

TEST(Frame, KeepsAScaleThatWasSet) {
  BareWindow driver({.headless = true, .width = 800, .height = 1800}, 1.25F);
  EXPECT_EQ(driver.frame().scale(), 1.25F);
}

TEST(Frame, IsTheSameOnEveryRun) {
  const auto run = [] {
    BareWindow driver({.headless = true, .width = 320, .height = 240});
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
  BareWindow driver({.headless = true, .width = 64, .height = 64});
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
