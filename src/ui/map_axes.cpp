#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "ui/map_scene.h"
#include "ui/widgets.h"

namespace attnscope {

namespace {

constexpr float widest_word = 58;  // design pixels

float word_em(float cell) { return std::clamp(cell * 0.45F, 9.5F, 12.5F); }

std::string word_of(const Panel& panel, const Document& document, std::int64_t place, float width, float em) {
  return fitted(panel, panel.glyphs.displayed(document.label(document.token_at(place))), width, Face::ui, em);
}

// A word that rises to the right and ends at `end`.
void draw_slanted(const Panel& panel, ImDrawList& list, ImVec2 end, const std::string& word, const ImVec4& color,
                  float em) {
  const ImVec2 size = text_size(panel, word, Face::ui, em);
  const int first = list.VtxBuffer.Size;
  const ImVec2 pivot(std::round(end.x), std::round(end.y));
  draw_text(panel, list, {pivot.x - size.x, pivot.y - size.y / 2}, word, color, Face::ui, em);
  constexpr float root_half = 0.70710678F;
  for (int i = first; i < list.VtxBuffer.Size; ++i) {
    ImVec2& at = list.VtxBuffer[i].pos;
    const ImVec2 from(at.x - pivot.x, at.y - pivot.y);
    at = {pivot.x + (from.x + from.y) * root_half, pivot.y + (from.y - from.x) * root_half};
  }
}

}  // namespace

bool words_need_slant(const Panel& panel, const Document& document, std::int64_t k0, std::int64_t k1, float cell) {
  const float em = word_em(cell / panel.scale);
  for (std::int64_t k = k0; k < k1; ++k) {
    const std::string word = panel.glyphs.displayed(document.label(document.token_at(k)));
    if (text_size(panel, word, Face::ui, em).x > cell - panel.px(2)) return true;
  }
  return false;
}

void draw_axis_words(const MapScene& scene, const std::optional<MapCell>& hovered) {
  const Panel& panel = scene.panel;
  const MapFrame& map = scene.map;
  const float em = word_em(scene.cell);
  const auto cell = static_cast<float>(map.pixels_a_cell());
  const auto focus = panel.workspace.focus_token();
  const auto hue = [&](std::int64_t place, bool lit) {
    if (focus && scene.document.token_at(place) == *focus) return direction_color(panel.colors, panel.view().direction);
    return lit ? panel.colors.text : panel.colors.dim;
  };
  for (std::int64_t q = scene.q0; q < scene.q1; ++q) {
    const std::string word = word_of(panel, scene.document, q, panel.px(widest_word), em);
    const ImVec2 size = text_size(panel, word, Face::ui, em);
    draw_text(panel, scene.list,
              {map.min.x - panel.px(8) - size.x, map.y(static_cast<double>(q)) + (cell - size.y) / 2}, word,
              hue(q, hovered && hovered->first == q), Face::ui, em);
  }
  for (std::int64_t k = scene.k0; k < scene.k1; ++k) {
    const ImVec4 color = hue(k, hovered && hovered->second == k);
    const float middle = map.x(static_cast<double>(k)) + cell / 2;
    if (scene.slanted) {
      const std::string word = word_of(panel, scene.document, k, panel.px(widest_word), em);
      draw_slanted(panel, scene.list, {middle + panel.px(3), map.min.y + map.side + panel.px(8)}, word, color, em);
    } else {
      const std::string word = word_of(panel, scene.document, k, cell, em);
      draw_text(panel, scene.list,
                {middle - text_size(panel, word, Face::ui, em).x / 2, map.min.y + map.side + panel.px(6)}, word, color,
                Face::ui, em);
    }
  }
}

void draw_ruler(const MapScene& scene) {
  const Panel& panel = scene.panel;
  const MapFrame& map = scene.map;
  const double wanted = scene.map.cells / std::max(1.0F, map.side / panel.px(60));
  double step = std::pow(10.0, std::floor(std::log10(std::max(1.0, wanted))));
  for (const double factor : {2.0, 5.0, 10.0}) {
    if (step < wanted) step = factor * std::pow(10.0, std::floor(std::log10(wanted)));
  }
  step = std::max(1.0, step);
  const auto first = static_cast<double>(scene.document.info().first);
  const auto tick = [&](double from, const auto& draw) {
    const auto last = static_cast<std::int64_t>(std::ceil((from + first + map.cells) / step));
    for (auto i = static_cast<std::int64_t>(std::ceil((from + first) / step)); i < last; ++i) {
      const double token = static_cast<double>(i) * step;
      draw(token - first, count_label(static_cast<std::int64_t>(token)));
    }
  };
  tick(map.key, [&](double place, const std::string& label) {
    const ImVec2 size = text_size(panel, label, Face::mono, 11);
    draw_text(panel, scene.list, {map.x(place) - size.x / 2, map.min.y - panel.px(30)}, label, panel.colors.faint,
              Face::mono, 11);
  });
  tick(map.query, [&](double place, const std::string& label) {
    const ImVec2 size = text_size(panel, label, Face::mono, 11);
    draw_text(panel, scene.list, {map.min.x - panel.px(26) - size.x, map.y(place) - size.y / 2}, label,
              panel.colors.faint, Face::mono, 11);
  });
}

void draw_profiles(const MapScene& scene) {
  const Panel& panel = scene.panel;
  const auto layer = panel.workspace.layer();
  if (layer == nullptr) return;
  const auto profile = panel.workspace.engine().want(layer, ProfileRequest{panel.workspace.head_ref()}, Urgency::refine,
                                                     scene.document.context_ids());
  if (profile == nullptr) return;
  const MapFrame& map = scene.map;
  const auto bars = [&](const std::vector<float>& values, double from, bool above, const ImVec4& color) {
    const auto pixels = static_cast<int>(map.side);
    std::vector<float> largest(static_cast<std::size_t>(pixels), 0.0F);
    for (int pixel = 0; pixel < pixels; ++pixel) {
      const auto begin = static_cast<std::int64_t>(from + pixel / map.pixels_a_cell());
      const auto end = std::max(begin + 1, static_cast<std::int64_t>(from + (pixel + 1) / map.pixels_a_cell()));
      for (std::int64_t i = begin; i < std::min(end, std::ssize(values)); ++i) {
        largest[static_cast<std::size_t>(pixel)] = std::max(
            largest[static_cast<std::size_t>(pixel)], std::sqrt(std::max(0.0F, values[static_cast<std::size_t>(i)])));
      }
    }
    // The first token of a text is a sink in most heads: the scale is that of the others.
    const std::size_t skipped = above && from < 1 ? static_cast<std::size_t>(std::ceil(map.pixels_a_cell())) : 0;
    float top = 0;
    for (std::size_t i = std::min(skipped, largest.size()); i < largest.size(); ++i) top = std::max(top, largest[i]);
    // Where all tokens get about the same, the bars stay low: they are to show what stands out.
    float sum = 0;
    for (std::size_t i = std::min(skipped, largest.size()); i < largest.size(); ++i) sum += largest[i];
    top = std::max(top, 2.5F * sum / static_cast<float>(std::max<std::size_t>(1, largest.size())));
    if (top <= 0) return;
    for (int pixel = 0; pixel < pixels; ++pixel) {
      const float length = panel.px(14) * std::min(1.0F, largest[static_cast<std::size_t>(pixel)] / top);
      const auto at = static_cast<float>(pixel);
      if (above) {
        scene.list.AddRectFilled({map.min.x + at, map.min.y - panel.px(4) - length},
                                 {map.min.x + at + 1, map.min.y - panel.px(4)}, packed(color));
      } else {
        scene.list.AddRectFilled({map.min.x - panel.px(4) - length, map.min.y + at},
                                 {map.min.x - panel.px(4), map.min.y + at + 1}, packed(color));
      }
    }
  };
  bars(profile->mass, map.key, true, with_alpha(panel.colors.key, 0.8F));
  bars(profile->entropy, map.query, false, with_alpha(panel.colors.faint, 0.7F));
}

void draw_legend(const MapScene& scene, float x, float bottom) {
  const Panel& panel = scene.panel;
  const float top = scene.map.min.y;
  const float width = panel.px(7);
  constexpr int steps = 64;
  for (int i = 0; i < steps; ++i) {
    const float t = 1 - (static_cast<float>(i) + 0.5F) / steps;
    const glm::vec3 color = ramp_color(panel.colors.ramp, t);
    const float height = (bottom - top) / steps;
    const float y = top + static_cast<float>(i) * height;
    scene.list.AddRectFilled({x, y}, {x + width, y + height + 1}, packed({color.x, color.y, color.z, 1}));
  }
  const bool log = panel.view().scale == WeightScale::logarithmic;
  const auto label = [&](float weight, const std::string& text) {
    const float y = bottom - ramp_position(weight, scene.low, scene.high, log) * (bottom - top);
    draw_text(panel, scene.list,
              {x + width + panel.px(5), std::clamp(y - panel.px(7), top - panel.px(2), bottom - panel.px(12))}, text,
              panel.colors.faint, Face::mono, 10.5F);
  };
  if (log) {
    std::string text = "1";
    const auto decades = static_cast<int>(std::lround(-std::log10(scene.low)));
    for (int decade = 0; decade <= decades; ++decade) {
      label(std::pow(10.0F, -static_cast<float>(decade)), text);
      text = text == "1" ? ".1" : text.insert(1, 1, '0');
    }
  } else {
    for (const float weight : {0.0F, 0.5F, 1.0F}) label(weight, weight == 0.5F ? ".5" : weight > 0 ? "1" : "0");
  }
}

}  // namespace attnscope
