#include "ui/cost_panel.h"

#include <implot.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/power_fit.h"
#include "ui/widgets.h"

namespace attnscope {

// One measured series with the law fitted to it.
struct CostPanel::Curve {
  CostSeries series;
  std::optional<PowerFit> fit;
};

namespace {

using Curve = CostPanel::Curve;

constexpr double shortest_n = 100;
constexpr double longest_n = 1e6;

std::vector<Curve> curves_of(const CostMeter& meter) {
  std::vector<Curve> curves;
  for (const CostSeries& series : meter.series()) {
    std::vector<TimedSize> points;
    for (const CostPoint& point : series.points) points.push_back({point.n, point.seconds});
    curves.push_back({series, fit_power_of_larger_half(points)});
  }
  return curves;
}

int time_label(double seconds, char* buffer, int size, void* /*data*/) {
  const std::string text = seconds < 1e-3  ? std::to_string(std::lround(seconds * 1e6)) + " µs"
                           : seconds < 1.0 ? std::to_string(std::lround(seconds * 1e3)) + " ms"
                                           : count_label(std::lround(seconds)) + " s";
  return std::snprintf(buffer, static_cast<std::size_t>(size), "%s", text.c_str());
}

int length_label(double n, char* buffer, int size, void* /*data*/) {
  if (n >= 1e6) return std::snprintf(buffer, static_cast<std::size_t>(size), "%.0fM", n / 1e6);
  if (n >= 1e3) return std::snprintf(buffer, static_cast<std::size_t>(size), "%.0fk", n / 1e3);
  return std::snprintf(buffer, static_cast<std::size_t>(size), "%.0f", n);
}

// How much longer it takes for twice the tokens: "×4.0".
std::string growth_label(const PowerFit& fit) {
  const auto tenths = static_cast<std::int64_t>(std::lround(10 * std::pow(2.0, fit.exponent)));
  return "×" + std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

void dotted_line(const Panel& panel, ImDrawList& list, ImVec2 from, ImVec2 to, float length, const ImVec4& color) {
  const auto dots = static_cast<int>(length / panel.px(4.5F));
  for (int dot = 0; dot <= dots; ++dot) {
    const float t = static_cast<float>(dot) / static_cast<float>(std::max(1, dots));
    list.AddCircleFilled({std::lerp(from.x, to.x, t), std::lerp(from.y, to.y, t)}, panel.px(0.9F), packed(color));
  }
}

// Measured points with lines between them, and beyond them the fitted law, dotted.
void plot_curve(const Panel& panel, const Curve& curve, bool strong) {
  const ImVec4& color = strong ? panel.colors.text : panel.colors.dim;
  ImDrawList& list = *ImPlot::GetPlotDrawList();
  ImPlot::PushPlotClipRect();
  const auto line = [&](ImVec2 from, ImVec2 to) {
    if (strong) return list.AddLine(from, to, packed(color), panel.px(2));
    // Told apart by dashes as well as by weight.
    const float length = std::hypot(to.x - from.x, to.y - from.y);
    const float dash = panel.px(4);
    const auto dashes = static_cast<int>(std::ceil(length / (2 * dash)));
    for (int i = 0; i < dashes; ++i) {
      const float a = static_cast<float>(2 * i) * dash / length;
      const float b = std::min(1.0F, static_cast<float>(2 * i + 1) * dash / length);
      list.AddLine({std::lerp(from.x, to.x, a), std::lerp(from.y, to.y, a)},
                   {std::lerp(from.x, to.x, b), std::lerp(from.y, to.y, b)}, packed(color), panel.px(1.5F));
    }
  };
  ImVec2 last;
  for (std::size_t i = 0; i < curve.series.points.size(); ++i) {
    const CostPoint& point = curve.series.points[i];
    const ImVec2 at = ImPlot::PlotToPixels(static_cast<double>(point.n), point.seconds);
    if (i > 0) line(last, at);
    list.AddCircleFilled(at, panel.px(strong ? 3.0F : 2.5F), packed(color));
    last = at;
  }
  if (curve.fit && !curve.series.points.empty()) {
    const auto from = static_cast<double>(curve.series.points.back().n);
    const ImVec2 a = ImPlot::PlotToPixels(from, curve.fit->seconds(from));
    const ImVec2 b = ImPlot::PlotToPixels(longest_n, curve.fit->seconds(longest_n));
    const float length = std::hypot(b.x - a.x, b.y - a.y);
    dotted_line(panel, list, a, b, length, color);
  }
  ImPlot::PopPlotClipRect();
}

}  // namespace

void CostPanel::draw_chart(const Panel& panel, const std::vector<Curve>& curves, ImVec2 min, ImVec2 max) {
  double longest = 1e-2;
  double shortest = 1e-5;
  for (const Curve& curve : curves) {
    if (curve.fit) longest = std::max(longest, curve.fit->seconds(longest_n));
    for (const CostPoint& point : curve.series.points) shortest = std::min(shortest, point.seconds);
  }
  const float label_width = panel.px(84);
  ImGui::SetCursorScreenPos(min);
  ImGui::PushFont(panel.fonts.mono, 11 * 16.0F / 13.0F);
  constexpr ImPlotFlags flags =
      ImPlotFlags_NoMouseText | ImPlotFlags_NoLegend | ImPlotFlags_NoMenus | ImPlotFlags_NoBoxSelect;
  if (!ImPlot::BeginPlot("##cost", {max.x - min.x - label_width, max.y - min.y}, flags)) return ImGui::PopFont();
  constexpr ImPlotAxisFlags axis = ImPlotAxisFlags_NoHighlight | ImPlotAxisFlags_Lock;
  ImPlot::SetupAxes(nullptr, nullptr, axis, axis);
  ImPlot::SetupAxisScale(ImAxis_X1, ImPlotScale_Log10);
  ImPlot::SetupAxisScale(ImAxis_Y1, ImPlotScale_Log10);
  ImPlot::SetupAxisFormat(ImAxis_X1, length_label);
  ImPlot::SetupAxisFormat(ImAxis_Y1, time_label);
  ImPlot::SetupAxesLimits(shortest_n, longest_n, shortest * 0.7, longest * 2, ImPlotCond_Always);
  ImPlot::SetupFinish();
  const ImVec2 plot_min = ImPlot::GetPlotPos();
  const ImVec2 plot_size = ImPlot::GetPlotSize();
  ImDrawList& list = *ImPlot::GetPlotDrawList();
  if (const Document* document = panel.document()) {
    const float x =
        ImPlot::PlotToPixels(static_cast<double>(std::max<std::int64_t>(1, document->info().count)), shortest).x;
    if (x >= plot_min.x) {
      dotted_line(panel, list, {x, plot_min.y}, {x, plot_min.y + plot_size.y}, plot_size.y, panel.colors.query);
      draw_text(panel, list, {x + panel.px(6), plot_min.y + panel.px(3)}, "your text", panel.colors.text, Face::ui,
                11.5F);
    }
  }
  for (std::size_t i = 0; i < curves.size(); ++i) plot_curve(panel, curves[i], i == 0);
  // Names with their exponents at the ends of the lines, moved apart where they would touch.
  std::vector<std::pair<float, const Curve*>> labels;
  for (const Curve& curve : curves) {
    if (curve.fit) labels.emplace_back(ImPlot::PlotToPixels(longest_n, curve.fit->seconds(longest_n)).y, &curve);
  }
  ImPlot::EndPlot();
  ImGui::PopFont();
  panel.probe.mark("cost chart");
  std::sort(labels.begin(), labels.end());
  float free = plot_min.y;
  ImDrawList& window = *ImGui::GetWindowDrawList();
  for (const auto& [y, curve] : labels) {
    const float at = std::max(free, y - panel.px(8));
    const float x = max.x - label_width + panel.px(6);
    draw_text(panel, window, {x, at}, curve->series.name, panel.colors.text, Face::ui, 11.5F);
    std::string exponent = number_label(curve->fit->exponent);
    draw_text(panel, window, {x, at + panel.px(14)}, "n^" + exponent, panel.colors.dim, Face::mono, 11);
    free = at + panel.px(31);
  }
}

void CostPanel::draw(const Panel& panel) {
  if (!begin_panel(panel, PanelName::cost)) return end_panel();
  const CostMeter* meter = panel.workspace.cost();
  const Document* document = panel.document();
  const bool known = document != nullptr && !document->info().layers.empty();
  const std::string what =
      known ? "one head, d " + std::to_string(document->info().layers.front().head_dim) + ", one thread, this machine"
            : "";
  Row row = panel_header(panel, "Cost", what);
  const auto [corner, end] = panel_area();
  const ImVec2 size(end.x - corner.x, end.y - corner.y);
  if (meter == nullptr) {
    empty_state(panel, corner, end, panel.workspace.measures() ? "no text yet" : "not measured in a picture",
                panel.workspace.measures() ? "" : "the window measures while it is open; so does render --measure");
    return end_panel();
  }
  if (const std::int64_t n = meter->measuring()) {
    const std::string said = "measuring " + (n >= 1000 ? std::to_string(n / 1024) + "k" : std::to_string(n));
    const ImVec2 text = text_size(panel, said, Face::ui, 12);
    draw_text(panel, *ImGui::GetWindowDrawList(), {row.right - text.x, row.middle - text.y / 2}, said, panel.colors.dim,
              Face::ui, 12);
  }
  const std::vector<Curve> curves = curves_of(*meter);
  const bool begun = std::any_of(curves.begin(), curves.end(), [](const Curve& c) { return !c.series.points.empty(); });
  if (!begun) {
    empty_state(panel, corner, end, "measured as soon as nothing else computes");
    return end_panel();
  }
  const float sentence = panel.px(28);
  draw_chart(panel, curves, {corner.x + panel.px(8), corner.y + panel.px(header_height)},
             {end.x - panel.px(6), end.y - sentence});
  if (!curves.empty() && curves.front().fit) {
    std::string said = "Twice the text: attention " + growth_label(*curves.front().fit);
    if (curves.size() > 1 && curves[1].fit) said += ", with a window " + growth_label(*curves[1].fit);
    draw_text(panel, *ImGui::GetWindowDrawList(), {corner.x + panel.px(18), end.y - sentence + panel.px(4)},
              fitted(panel, said, size.x - panel.px(30), Face::ui, 12.5F), panel.colors.dim, Face::ui, 12.5F);
  }
  end_panel();
}

}  // namespace attnscope
