#include "ui/theme.h"

#include <implot.h>

#include <cmath>
#include <initializer_list>

namespace attnscope {
namespace {

constexpr ImVec4 rgb(unsigned hex) {
  return {static_cast<float>(hex >> 16U & 255U) / 255.0F, static_cast<float>(hex >> 8U & 255U) / 255.0F,
          static_cast<float>(hex & 255U) / 255.0F, 1.0F};
}

constexpr glm::vec3 stop(int r, int g, int b) {
  return {static_cast<float>(r) / 255.0F, static_cast<float>(g) / 255.0F, static_cast<float>(b) / 255.0F};
}

const Palette dark{
    .gap = rgb(0x0e1013),
    .panel = rgb(0x14171b),
    .raised = rgb(0x1b1f25),
    .line = rgb(0x242931),
    .text = rgb(0xdde1e6),
    .dim = rgb(0x98a1ad),
    .faint = rgb(0x818b98),
    .query = rgb(0xf2b04c),
    .key = rgb(0x5cb3ef),
    .on_query = rgb(0x1a1408),
    .everyone = rgb(0x8fa9c4),
    .light = rgb(0xfff4dd),
    .warning = rgb(0xf08a6c),
    .masked = rgb(0x232830),
    .ramp = {stop(20, 23, 27), stop(58, 36, 70), stop(134, 48, 76), stop(226, 108, 52), stop(255, 214, 120)},
};

const Palette light{
    .gap = rgb(0xe9ebee),
    .panel = rgb(0xfbfbfc),
    .raised = rgb(0xf0f2f4),
    .line = rgb(0xdde0e5),
    .text = rgb(0x1b1f24),
    .dim = rgb(0x58606b),
    .faint = rgb(0x6b7380),
    .query = rgb(0x9a5800),
    .key = rgb(0x0b6fb8),
    .on_query = rgb(0xffffff),
    .everyone = rgb(0x5a6b80),
    .light = rgb(0xffffff),
    .warning = rgb(0xb3361b),
    .masked = rgb(0xe3e6ea),
    .ramp = {stop(251, 251, 252), stop(246, 226, 190), stop(233, 170, 92), stop(186, 84, 46), stop(96, 28, 40)},
};

void set(std::initializer_list<int> slots, const ImVec4& color) {
  for (const int slot : slots) ImGui::GetStyle().Colors[slot] = color;
}

void set_colors(const Palette& p) {
  const ImVec4 none;
  set({ImGuiCol_Text, ImGuiCol_InputTextCursor, ImGuiCol_UnsavedMarker, ImGuiCol_CheckMark}, p.text);
  set({ImGuiCol_TextDisabled}, p.dim);
  set({ImGuiCol_WindowBg, ImGuiCol_Tab, ImGuiCol_TabDimmed, ImGuiCol_TitleBg, ImGuiCol_TitleBgActive,
       ImGuiCol_TitleBgCollapsed, ImGuiCol_MenuBarBg},
      p.panel);
  set({ImGuiCol_TabSelected, ImGuiCol_TabDimmedSelected, ImGuiCol_FrameBg, ImGuiCol_Button, ImGuiCol_PopupBg,
       ImGuiCol_TableHeaderBg, ImGuiCol_Header},
      p.raised);
  set({ImGuiCol_FrameBgHovered, ImGuiCol_ButtonHovered, ImGuiCol_TabHovered, ImGuiCol_HeaderHovered,
       ImGuiCol_ScrollbarGrab, ImGuiCol_Border, ImGuiCol_TableBorderStrong, ImGuiCol_TableBorderLight,
       ImGuiCol_TreeLines, ImGuiCol_FrameBgActive, ImGuiCol_ButtonActive, ImGuiCol_HeaderActive},
      p.line);
  set({ImGuiCol_ScrollbarGrabHovered, ImGuiCol_ScrollbarGrabActive, ImGuiCol_SliderGrab, ImGuiCol_SliderGrabActive},
      p.faint);
  set({ImGuiCol_DockingEmptyBg, ImGuiCol_Separator}, p.gap);
  set({ImGuiCol_SeparatorHovered, ImGuiCol_SeparatorActive}, p.faint);
  set({ImGuiCol_ChildBg, ImGuiCol_BorderShadow, ImGuiCol_ScrollbarBg, ImGuiCol_TableRowBg, ImGuiCol_ResizeGrip,
       ImGuiCol_ResizeGripHovered, ImGuiCol_ResizeGripActive, ImGuiCol_TabDimmedSelectedOverline,
       ImGuiCol_TabSelectedOverline, ImGuiCol_NavCursor, ImGuiCol_NavWindowingHighlight},
      none);
  set({ImGuiCol_TableRowBgAlt}, with_alpha(p.text, 0.03F));
  set({ImGuiCol_TextSelectedBg, ImGuiCol_DockingPreview, ImGuiCol_DragDropTargetBg}, with_alpha(p.key, 0.3F));
  set({ImGuiCol_TextLink, ImGuiCol_DragDropTarget, ImGuiCol_PlotLines, ImGuiCol_PlotHistogram}, p.text);
  set({ImGuiCol_ModalWindowDimBg, ImGuiCol_NavWindowingDimBg}, ImVec4(0, 0, 0, 0.35F));
}

void set_plot_style(const Palette& p, float scale) {
  ImPlotStyle& plot = ImPlot::GetStyle();
  plot = ImPlotStyle();
  plot.Colors[ImPlotCol_FrameBg] = plot.Colors[ImPlotCol_PlotBg] = ImVec4();
  plot.Colors[ImPlotCol_PlotBorder] = p.line;
  plot.Colors[ImPlotCol_AxisText] = p.dim;
  plot.Colors[ImPlotCol_AxisGrid] = p.line;
  plot.MinorAlpha = 0;
  plot.PlotPadding = ImVec2(2 * scale, 4 * scale);
  plot.LabelPadding = ImVec2(6 * scale, 5 * scale);
  plot.MajorTickLen = plot.MinorTickLen = ImVec2();
  plot.PlotMinSize = ImVec2(80 * scale, 60 * scale);
}

double luminance(const ImVec4& color) {
  const auto linear = [](float c) { return c <= 0.04045F ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
  return 0.2126 * linear(color.x) + 0.7152 * linear(color.y) + 0.0722 * linear(color.z);
}

}  // namespace

const Palette& palette(Theme theme) { return theme == Theme::dark ? dark : light; }

ImVec4 mix(const ImVec4& from, const ImVec4& to, float share) {
  return {std::lerp(from.x, to.x, share), std::lerp(from.y, to.y, share), std::lerp(from.z, to.z, share),
          std::lerp(from.w, to.w, share)};
}

ImVec4 with_alpha(const ImVec4& color, float alpha) { return {color.x, color.y, color.z, alpha}; }

ImU32 packed(const ImVec4& color) { return ImGui::ColorConvertFloat4ToU32(color); }

glm::vec3 vec3(const ImVec4& color) { return {color.x, color.y, color.z}; }

ImVec4 readable_on(const ImVec4& background) {
  const double b = luminance(background);
  const bool black = (b + 0.05) / 0.05 > 1.05 / (b + 0.05);
  return black ? ImVec4(0.07F, 0.06F, 0.04F, 1) : ImVec4(1, 1, 1, 1);
}

void apply_theme(Theme theme, float scale) {
  ImGuiStyle& style = ImGui::GetStyle();
  style = ImGuiStyle();
  style.FontSizeBase = 16.0F;  // an em of 13 pixels: ImGui's size covers ascent and descent
  style.WindowPadding = ImVec2(14, 10);
  style.FramePadding = ImVec2(8, 4);
  style.ItemSpacing = ImVec2(8, 8);
  style.ItemInnerSpacing = ImVec2(8, 4);
  style.PopupRounding = style.ChildRounding = 6;  // WindowRounding stays 0: it leaves notches in docked tab bars
  style.FrameRounding = style.GrabRounding = style.TabRounding = 4;
  style.WindowBorderSize = style.TabBorderSize = style.TabBarBorderSize = 0;
  style.PopupBorderSize = 1;
  style.ScrollbarSize = 10;
  style.TabBarOverlineSize = 0;
  style.WindowMenuButtonPosition = ImGuiDir_None;
  style.ScaleAllSizes(scale);
  style.DockingSeparatorSize = 1;  // the only borders, at any scale
  style.FontScaleDpi = scale;
  set_colors(palette(theme));
  set_plot_style(palette(theme), scale);
}

}  // namespace attnscope
