// The map: zoomed, panned and fitted by the mouse, picked from, read in numbers.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "ui/map_camera.h"
#include "whole_window.h"

namespace attnscope {
namespace {

std::string number(std::int64_t query, std::int64_t key) {
  return "number " + std::to_string(query) + " " + std::to_string(key);
}

MapFrame shown(WholeWindow& window) {
  const Probe::Rectangle map = window.rectangle("map");
  return frame_of(window.view().map, window.workspace().document()->info().count, map.min, map.max.x - map.min.x);
}

// Colours within a cell, away from its edges.
std::set<std::array<std::uint8_t, 4>> colours_in(WholeWindow& window, std::int64_t query, std::int64_t key) {
  const Image picture = window.picture();
  const ImVec2 min = window.cell(query, key, {0.2F, 0.2F});
  const ImVec2 max = window.cell(query, key, {0.8F, 0.8F});
  std::set<std::array<std::uint8_t, 4>> colours;
  for (int y = static_cast<int>(min.y); y < static_cast<int>(max.y); ++y) {
    for (int x = static_cast<int>(min.x); x < static_cast<int>(max.x); ++x) colours.insert(picture.at(x, y));
  }
  return colours;
}

TEST(Map, TheWheelZoomsAndTheCellUnderTheMouseStays) {
  WholeWindow window({.width = 1600, .height = 1000});
  window.open(sample_text());
  const ImVec2 near = window.point("map", {0.4F, 0.6F});
  const ImVec2 mouse(std::floor(near.x), std::floor(near.y));  // as ImGui takes it
  window.move(mouse);
  const double query = shown(window).query_at(mouse.y);
  const double key = shown(window).key_at(mouse.x);
  const double cells = shown(window).cells;
  for (int i = 0; i < 5; ++i) window.wheel(1);  // faster than the camera moves
  EXPECT_NEAR(shown(window).cells, cells / std::pow(zoom_a_notch, 5), 1e-6);
  EXPECT_NEAR(shown(window).query_at(mouse.y), query, 1e-3);
  EXPECT_NEAR(shown(window).key_at(mouse.x), key, 1e-3);
  // At another place before the camera has arrived: about what will be there.
  const ImVec2 other(mouse.x - 60, mouse.y - 90);
  window.move(other);
  const double other_query = shown(window).query_at(other.y);
  window.wheel(1);
  EXPECT_NEAR(shown(window).query_at(other.y), other_query, 1e-3);
  for (int i = 0; i < 40; ++i) window.wheel(-1);
  EXPECT_EQ(shown(window).cells, cells);
}

TEST(Map, TheCellUnderTheMouseStaysWhileTheCameraMoves) {
  constexpr std::int64_t n = 300;
  constexpr float side = 600;
  const ImVec2 mouse(130, 470);
  const MapFrame whole = frame_of({}, n, {0, 0}, side);
  const MapCamera to = zoomed({}, whole, mouse, 8, n);
  for (const double share : {0.1, 0.5, 0.9, 1.0}) {
    const MapFrame frame = frame_of(between(whole_map(n), to, share), n, {0, 0}, side);
    EXPECT_NEAR(frame.query_at(mouse.y), whole.query_at(mouse.y), 1e-6) << share;
    EXPECT_NEAR(frame.key_at(mouse.x), whole.key_at(mouse.x), 1e-6) << share;
  }
}

TEST(Map, ADragPans) {
  WholeWindow window({.width = 1600, .height = 1000});
  window.open(sample_text());
  window.run(MoveMap{{100, 100, 40}});
  const double pixels = shown(window).pixels_a_cell();
  const ImVec2 from = window.point("map");
  const View before = window.view();
  window.drag(from, {from.x + 30, from.y - 50});
  EXPECT_NEAR(window.view().map.key, 100 - 30 / pixels, 1e-6);
  EXPECT_NEAR(window.view().map.query, 100 + 50 / pixels, 1e-6);
  EXPECT_EQ(window.view().token, before.token);
  EXPECT_EQ(window.view().other, before.other);
}

TEST(Map, ADoubleClickFitsAndPicksOnlyTheCellThatWasClicked) {
  WholeWindow window;
  window.run(MoveMap{{9, 3, 4}});
  const ImVec2 at = window.cell(9, 3);
  window.move(at);
  for (const bool down : {true, false, true, false}) window.button(down);
  EXPECT_EQ(window.view().map, MapCamera());
  EXPECT_EQ(window.view().token, 9);
  EXPECT_EQ(window.view().other, 3);
  window.rest();
  EXPECT_FALSE(window.animating());
}

TEST(Map, AClickPicksThePair) {
  WholeWindow window;
  window.click(window.cell(7, 2));
  EXPECT_EQ(window.view().token, 7);
  EXPECT_EQ(window.view().other, 2);
  window.click("direction attended by");
  window.click(window.cell(8, 1));
  EXPECT_EQ(window.view().token, 1);
  EXPECT_EQ(window.view().other, 8);
}

TEST(Map, HoveringChangesNothing) {
  WholeWindow window;
  const View before = window.view();
  window.move(window.cell(5, 2));
  window.frames(4);
  EXPECT_EQ(window.view(), before);
  EXPECT_FALSE(window.workspace().history().can_undo());
}

TEST(Map, CellsShowTheirNumbersWhenTheyAreLarge) {
  WholeWindow window;
  window.run(MoveMap{{6, 6, 5}});
  const std::int64_t query = 6;
  window.click(window.cell(query, 5));
  const std::vector<float> row = window.weights();
  int numbers = 0;
  for (std::int64_t key = 4; key <= query; ++key) {
    if (row[static_cast<std::size_t>(key)] < 0.005F) continue;
    EXPECT_TRUE(window.shows(number(query, key))) << key;
    ++numbers;
  }
  EXPECT_GT(numbers, 0);
  EXPECT_FALSE(window.shows(number(query, query + 1))) << "masked";
}

TEST(Map, SmallCellsShowNoNumbers) {
  WholeWindow window;
  window.open(sample_text());
  for (std::int64_t i = 0; i < 20; ++i) EXPECT_FALSE(window.shows(number(i, i)));
}

TEST(Map, MaskedCellsAreHatchedAndZeroOnesAreNot) {
  for (const Theme theme : {Theme::dark, Theme::light}) {
    WholeWindow window({.theme = theme});
    window.run(MoveMap{{3, 9, 4}});
    window.move({2, 2});
    window.rest();
    EXPECT_GT(colours_in(window, 3, 9).size(), 1U) << "the hatch has two colours";
    window.run(MoveMap{{9, 3, 4}});
    EXPECT_LE(colours_in(window, 9, 3).size(), 300U);
    const auto masked = colours_in(window, 9, 3);
    for (const auto& pixel : masked) EXPECT_FALSE(is_colour(pixel, window.colors().masked));
  }
}

TEST(Map, FShowsAllOfItAgain) {
  WholeWindow window;
  window.run(MoveMap{{6, 6, 5}});
  window.press(ImGuiKey_F);
  EXPECT_EQ(window.view().map, MapCamera());
}

TEST(Map, MAndLSwitchPoolingAndScaleAsTheirSegmentsDo) {
  WholeWindow window({.width = 1600, .height = 1000});
  window.press(ImGuiKey_M);
  EXPECT_EQ(window.view().pool, Pool2d::mean);
  window.click("pool max");
  EXPECT_EQ(window.view().pool, Pool2d::max);
  window.press(ImGuiKey_L);
  EXPECT_EQ(window.view().scale, WeightScale::linear);
  window.click("scale log");
  EXPECT_EQ(window.view().scale, WeightScale::logarithmic);
}

TEST(Map, LinearColoursDarkenWeakWeights) {
  WholeWindow window;
  const Probe::Rectangle map = window.rectangle("map");
  const Image before = window.picture();
  window.press(ImGuiKey_L);
  window.rest();
  EXPECT_GT(changed_pixels(before, window.picture(), map.min, map.max), 200);
}

}  // namespace
}  // namespace attnscope
