#include "ui/panel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace attnscope {
namespace {

ImFont* font_of(const Panel& panel, Face face) {
  switch (face) {
    case Face::strong:
      return panel.fonts.strong;
    case Face::mono:
      return panel.fonts.mono;
    case Face::ui:
      break;
  }
  return panel.fonts.ui;
}

template <typename... Values>
std::string formatted(const char* format, Values... values) {
  std::array<char, 64> buffer{};
  const int length = std::snprintf(buffer.data(), buffer.size(), format, values...);
  return {buffer.data(), static_cast<std::size_t>(std::max(0, length))};
}

}  // namespace

float Panel::eased(double since, double seconds) const {
  if (reduced_motion()) return 1;
  const double t = std::clamp((clock - since) / seconds, 0.0, 1.0);
  if (t < 1) animating = true;
  return static_cast<float>(1 - (1 - t) * (1 - t) * (1 - t));
}

float draw_text(const Panel& panel, ImDrawList& list, ImVec2 at, std::string_view text, const ImVec4& color, Face face,
                float em) {
  if (text.empty()) return 0;  // ImGui takes an end at null for "up to the NUL byte"
  const float size = panel.font_size(em);
  ImFont* font = font_of(panel, face);
  list.AddText(font, size, ImVec2(std::round(at.x), std::round(at.y)), packed(color), text.data(),
               text.data() + text.size());
  return font->CalcTextSizeA(size, FLT_MAX, 0, text.data(), text.data() + text.size()).x;
}

ImVec2 text_size(const Panel& panel, std::string_view text, Face face, float em) {
  const float size = panel.font_size(em);
  if (text.empty()) return {0, size};
  return font_of(panel, face)->CalcTextSizeA(size, FLT_MAX, 0, text.data(), text.data() + text.size());
}

std::string fitted(const Panel& panel, std::string_view text, float width, Face face, float em) {
  if (text_size(panel, text, face, em).x <= width) return std::string(text);
  for (std::size_t end = text.size(); end > 0;) {
    do {
      --end;
    } while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U);
    std::string cut = std::string(text.substr(0, end)) + "…";
    if (text_size(panel, cut, face, em).x <= width) return cut;
  }
  return {};
}

std::string weight_label(double weight) {
  if (std::isnan(weight)) return "–";
  if (weight > 0 && weight < 0.005) return "<.01";
  std::string text = formatted("%.2f", weight);
  if (text.starts_with("0.")) text.erase(0, 1);
  return text;
}

std::string number_label(double value) {
  if (std::isinf(value)) return value > 0 ? "∞" : "-∞";
  const double size = std::abs(value);
  if (size != 0 && (size < 0.001 || size >= 1e6)) return formatted("%.1e", value);
  return formatted(size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
}

std::string duration_label(double seconds) {
  if (seconds < 0.001) return formatted("%.0f µs", seconds * 1e6);
  if (seconds < 0.01) return formatted("%.1f ms", seconds * 1e3);
  if (seconds < 1) return formatted("%.0f ms", seconds * 1e3);
  if (seconds < 10) return formatted("%.1f s", seconds);
  if (seconds < 120) return formatted("%.0f s", seconds);
  return formatted("%.0f min", seconds / 60);
}

std::string count_label(std::int64_t count) {
  const std::string digits = std::to_string(count);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::size_t left = digits.size() - i;
    if (i > 0 && left % 3 == 0 && digits[i - 1] != '-') text += ',';
    text += digits[i];
  }
  return text;
}

}  // namespace attnscope
