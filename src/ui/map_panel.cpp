#include "ui/map_panel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "ui/widgets.h"

namespace attnscope {
namespace {

constexpr double camera_ease = 0.15;    // seconds
constexpr float word_cells = 13;        // design pixels a cell from which words stand on the axes
constexpr float number_cells = 20;      // and from which strong cells show their number
constexpr float all_number_cells = 44;  // and all of them
constexpr float strong_cell = 0.1F;
constexpr float grid_cells = 8;  // from which cells are told apart by gaps

}  // namespace

struct MapPanel::Frame {
  const Panel& panel;
  const Document& document;
  MapFrame map;
  ImDrawList& list;
  float low = 0, high = 0;
  float cell = 0;      // design pixels
  bool words = false;  // on the axes, in place of numbers
  std::int64_t n = 0;
  // Cells on screen, half open.
  std::int64_t q0 = 0, q1 = 0, k0 = 0, k1 = 0;
};

MapCamera MapPanel::eased_camera(const Panel& panel, std::int64_t n) {
  const MapCamera wanted = within(panel.view().map, n);
  if (of_ != panel.document()) {
    of_ = panel.document();
    from_ = target_ = wanted;
  }
  const auto shown = [&] {
    const double t = panel.reduced_motion() ? 1 : std::clamp((panel.clock - moved_at_) / camera_ease, 0.0, 1.0);
    if (t < 1) panel.animating = true;
    return between(from_, target_, 1 - (1 - t) * (1 - t));
  };
  if (!(wanted == target_)) {
    from_ = dragging_ ? wanted : shown();
    target_ = wanted;
    moved_at_ = panel.clock;
  }
  return shown();
}

void MapPanel::answer_mouse(const Frame& frame) {
  const Panel& panel = frame.panel;
  const MapFrame& map = frame.map;
  ImGui::SetCursorScreenPos(map.min);
  ImGui::InvisibleButton("map", {map.side, map.side});
  panel.probe.mark("map");
  const bool hovered = ImGui::IsItemHovered();
  const ImVec2 mouse = ImGui::GetMousePos();
  const ImGuiIO& io = ImGui::GetIO();
  if (hovered && io.MouseWheel != 0) {
    // About the cell that will be under the mouse: the camera may still be on its way.
    const MapFrame arrived = frame_of(panel.view().map, frame.n, map.min, map.side);
    panel.ask(MoveMap{zoomed(panel.view().map, arrived, mouse, std::pow(zoom_a_notch, io.MouseWheel), frame.n)});
  }
  dragging_ = ImGui::IsItemActive() && ImGui::IsMouseDragging(ImGuiMouseButton_Left);
  if (dragging_ && (io.MouseDelta.x != 0 || io.MouseDelta.y != 0)) {
    panel.ask(MoveMap{panned(panel.view().map, map, io.MouseDelta, frame.n)});
  }
  hovered_.reset();
  if (!hovered) return;
  const auto query = static_cast<std::int64_t>(std::floor(map.query_at(mouse.y)));
  const auto key = static_cast<std::int64_t>(std::floor(map.key_at(mouse.x)));
  if (query < 0 || query >= frame.n || key < 0 || key >= frame.n) return;
  hovered_ = {query, key};
  if (ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) return panel.ask(MoveMap{});
  const ImVec2 dragged = ImGui::GetMouseDragDelta(ImGuiMouseButton_Left, 0);
  const bool still = dragged.x * dragged.x + dragged.y * dragged.y < io.MouseDragThreshold * io.MouseDragThreshold;
  const bool second = io.MouseClickedLastCount[ImGuiMouseButton_Left] > 1;  // click of a double click
  if (ImGui::IsItemDeactivated() && still && !second) {
    panel.ask(PickPair{frame.document.token_at(query), frame.document.token_at(key)});
  }
}

// Gaps between cells that are large enough to be told apart.
void MapPanel::draw_cells(const Frame& frame) {
  if (frame.cell < grid_cells) return;
  const ImU32 color = packed(with_alpha(frame.panel.colors.panel, frame.cell < 2 * grid_cells ? 0.6F : 1.0F));
  const MapFrame& map = frame.map;
  for (std::int64_t k = frame.k0; k <= frame.k1; ++k) {
    frame.list.AddLine({map.x(static_cast<double>(k)), map.min.y},
                       {map.x(static_cast<double>(k)), map.min.y + map.side}, color);
  }
  for (std::int64_t q = frame.q0; q <= frame.q1; ++q) {
    frame.list.AddLine({map.min.x, map.y(static_cast<double>(q))},
                       {map.min.x + map.side, map.y(static_cast<double>(q))}, color);
  }
}

void MapPanel::draw_numbers(const Frame& frame) {
  if (frame.cell < number_cells) return;
  const Panel& panel = frame.panel;
  const auto layer = panel.workspace.layer();
  if (layer == nullptr) return;
  const bool log = panel.view().scale == WeightScale::logarithmic;
  const float em = std::clamp(frame.cell * 0.38F, 8.5F, 13.0F);
  for (std::int64_t q = frame.q0; q < frame.q1; ++q) {
    const auto tile_of = [](std::int64_t cell) { return cell / TileRequest::side; };
    for (std::int64_t k = frame.k0; k < frame.k1; ++k) {
      const TileRequest request{panel.workspace.head_ref(), panel.view().pool, 0, tile_of(q), tile_of(k)};
      const auto tile = panel.workspace.engine().find(request);
      if (tile == nullptr) continue;
      const std::int64_t at = (q - request.y * TileRequest::side) * tile->width + (k - request.x * TileRequest::side);
      const float weight = tile->pixels[static_cast<std::size_t>(at)];
      if (!(weight >= (frame.cell < all_number_cells ? strong_cell : 0.005F))) continue;
      const glm::vec3 back = ramp_color(panel.colors.ramp, ramp_position(weight, frame.low, frame.high, log));
      const std::string label = weight_label(weight);
      const ImVec2 size = text_size(panel, label, Face::mono, em);
      const double half = 0.5;
      const ImVec2 corner(frame.map.x(static_cast<double>(k) + half) - size.x / 2,
                          frame.map.y(static_cast<double>(q) + half) - size.y / 2);
      draw_text(panel, frame.list, corner, label, readable_on({back.x, back.y, back.z, 1}), Face::mono, em);
      if (panel.probe.on()) {
        panel.probe.mark("number " + std::to_string(q) + " " + std::to_string(k), corner,
                         {corner.x + size.x, corner.y + size.y});
      }
    }
  }
}

// The picked token's row (or column) framed, and the picked pair marked in it.
void MapPanel::draw_picked(const Frame& frame) {
  const Panel& panel = frame.panel;
  const auto focus = panel.workspace.focus_token();
  if (!focus) return;
  const bool to = panel.view().direction == Direction::attends_to;
  const ImU32 color = packed(direction_color(panel.colors, panel.view().direction));
  const MapFrame& map = frame.map;
  const auto place = static_cast<double>(frame.document.place(*focus));
  const float end_x = map.min.x + map.side;
  const float end_y = map.min.y + map.side;
  if (frame.cell >= grid_cells) {
    if (to)
      frame.list.AddRect({map.min.x, map.y(place)}, {end_x, map.y(place + 1)}, color, 0, 0, panel.px(1.5F));
    else
      frame.list.AddRect({map.x(place), map.min.y}, {map.x(place + 1), end_y}, color, 0, 0, panel.px(1.5F));
  } else {
    const float middle = to ? map.y(place + 0.5) : map.x(place + 0.5);
    if (to)
      frame.list.AddLine({map.min.x, middle}, {end_x, middle}, color, panel.px(1));
    else
      frame.list.AddLine({middle, map.min.y}, {middle, end_y}, color, panel.px(1));
  }
  const auto pair = panel.workspace.pair();
  if (!pair) return;
  const auto [query, key] = *pair;
  const ImVec2 at(map.x(static_cast<double>(key) + 0.5), map.y(static_cast<double>(query) + 0.5));
  if (frame.cell >= grid_cells) {
    if (!panel.view().other) return;
    frame.list.AddRect({map.x(static_cast<double>(key)), map.y(static_cast<double>(query))},
                       {map.x(static_cast<double>(key) + 1), map.y(static_cast<double>(query) + 1)},
                       packed(panel.colors.text), 0, 0, panel.px(1.5F));
    return;
  }
  const ImVec4 faint = with_alpha(direction_color(panel.colors, panel.view().direction), 0.4F);
  if (to)
    frame.list.AddLine({at.x, map.min.y}, at, packed(faint), panel.px(1));
  else
    frame.list.AddLine({map.min.x, at.y}, at, packed(faint), panel.px(1));
  frame.list.AddCircleFilled(at, panel.px(4), color);
}

void MapPanel::draw_hovered(const Frame& frame, std::int64_t query, std::int64_t key) {
  const Panel& panel = frame.panel;
  const MapFrame& map = frame.map;
  const ImU32 line = packed(with_alpha(panel.colors.text, 0.25F));
  const float x = map.x(static_cast<double>(key) + 0.5);
  const float y = map.y(static_cast<double>(query) + 0.5);
  frame.list.AddLine({map.min.x, y}, {map.min.x + map.side, y}, line);
  frame.list.AddLine({x, map.min.y}, {x, map.min.y + map.side}, line);
  const auto layer = panel.workspace.layer();
  if (layer == nullptr) return;
  const auto pair =
      panel.workspace.engine().want(layer, PairRequest{panel.workspace.head_ref(), query, key}, Urgency::answer);
  const auto name = [&](std::int64_t place) {
    return panel.glyphs.displayed(frame.document.label(frame.document.token_at(place)));
  };
  begin_card(panel);
  ImGui::TextUnformatted((name(query) + "  →  " + name(key)).c_str());
  ImGui::PushFont(panel.fonts.mono, 0);
  ImGui::PushStyleColor(ImGuiCol_Text, packed(panel.colors.dim));
  if (pair != nullptr && pair->visible) {
    const std::string p =
        "P " + weight_label(pair->weight) + "   rank " + count_label(pair->rank) + " of " + count_label(pair->seen);
    const std::string s = "s " + number_label(pair->score) + "   lse " + number_label(pair->lse);
    ImGui::TextUnformatted(p.c_str());
    ImGui::TextUnformatted(s.c_str());
  } else if (pair != nullptr) {
    ImGui::TextUnformatted("masked: the query does not see this key");
  }
  const std::string where =
      "query " + count_label(frame.document.token_at(query)) + "  key " + count_label(frame.document.token_at(key));
  ImGui::TextUnformatted(where.c_str());
  ImGui::PopStyleColor();
  ImGui::PopFont();
  end_card();
}

// Words at the left and below, where cells are large enough.
void MapPanel::draw_labels(const Frame& frame) {
  const Panel& panel = frame.panel;
  const MapFrame& map = frame.map;
  const float em = std::clamp(frame.cell * 0.45F, 9.5F, 12.5F);
  const auto cell = static_cast<float>(map.pixels_a_cell());
  const auto focus = panel.workspace.focus_token();
  const auto hue = [&](std::int64_t place, bool hovered) {
    if (focus && frame.document.token_at(place) == *focus) return direction_color(panel.colors, panel.view().direction);
    return hovered ? panel.colors.text : panel.colors.dim;
  };
  for (std::int64_t q = frame.q0; q < frame.q1; ++q) {
    const std::string word = fitted(panel, panel.glyphs.displayed(frame.document.label(frame.document.token_at(q))),
                                    panel.px(58), Face::ui, em);
    const ImVec2 size = text_size(panel, word, Face::ui, em);
    draw_text(panel, frame.list,
              {map.min.x - panel.px(8) - size.x, map.y(static_cast<double>(q)) + (cell - size.y) / 2}, word,
              hue(q, hovered_ && hovered_->first == q), Face::ui, em);
  }
  for (std::int64_t k = frame.k0; k < frame.k1; ++k) {
    const std::string word = fitted(panel, panel.glyphs.displayed(frame.document.label(frame.document.token_at(k))),
                                    cell - panel.px(2), Face::ui, em);
    const ImVec2 size = text_size(panel, word, Face::ui, em);
    draw_text(panel, frame.list,
              {map.x(static_cast<double>(k)) + (cell - size.x) / 2, map.min.y + map.side + panel.px(6)}, word,
              hue(k, hovered_ && hovered_->second == k), Face::ui, em);
  }
}

// Token numbers above and at the left, at round steps.
void MapPanel::draw_ruler(const Frame& frame) {
  const Panel& panel = frame.panel;
  const MapFrame& map = frame.map;
  const double wanted = frame.map.cells / std::max(1.0F, map.side / panel.px(90));
  double step = std::pow(10.0, std::floor(std::log10(std::max(1.0, wanted))));
  for (const double factor : {2.0, 5.0, 10.0}) {
    if (step < wanted) step = factor * std::pow(10.0, std::floor(std::log10(wanted)));
  }
  step = std::max(1.0, step);
  const auto first = static_cast<double>(frame.document.info().first);
  const auto tick = [&](double from, const auto& draw) {
    const auto last = static_cast<std::int64_t>(std::ceil((from + first + map.cells) / step));
    for (auto i = static_cast<std::int64_t>(std::ceil((from + first) / step)); i < last; ++i) {
      const double token = static_cast<double>(i) * step;
      draw(token - first, count_label(static_cast<std::int64_t>(token)));
    }
  };
  tick(map.key, [&](double place, const std::string& label) {
    const ImVec2 size = text_size(panel, label, Face::mono, 11);
    draw_text(panel, frame.list, {map.x(place) - size.x / 2, map.min.y - panel.px(30)}, label, panel.colors.faint,
              Face::mono, 11);
  });
  tick(map.query, [&](double place, const std::string& label) {
    const ImVec2 size = text_size(panel, label, Face::mono, 11);
    draw_text(panel, frame.list, {map.min.x - panel.px(26) - size.x, map.y(place) - size.y / 2}, label,
              panel.colors.faint, Face::mono, 11);
  });
}

// Above the map what the whole text attends to (column mass, by its square root), at its left how spread each row is
// (entropy). A bar a pixel: the largest of the tokens under it.
void MapPanel::draw_profiles(const Frame& frame) {
  const Panel& panel = frame.panel;
  const auto layer = panel.workspace.layer();
  if (layer == nullptr) return;
  const auto profile = panel.workspace.engine().want(layer, ProfileRequest{panel.workspace.head_ref()}, Urgency::refine,
                                                     frame.document.context_ids());
  if (profile == nullptr) return;
  const MapFrame& map = frame.map;
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
        frame.list.AddRectFilled({map.min.x + at, map.min.y - panel.px(4) - length},
                                 {map.min.x + at + 1, map.min.y - panel.px(4)}, packed(color));
      } else {
        frame.list.AddRectFilled({map.min.x - panel.px(4) - length, map.min.y + at},
                                 {map.min.x - panel.px(4), map.min.y + at + 1}, packed(color));
      }
    }
  };
  bars(profile->mass, map.key, true, with_alpha(panel.colors.key, 0.8F));
  bars(profile->entropy, map.query, false, with_alpha(panel.colors.faint, 0.7F));
}

void MapPanel::draw_legend(const Frame& frame, float x, float bottom) {
  const Panel& panel = frame.panel;
  const float top = frame.map.min.y;
  const float width = panel.px(7);
  constexpr int steps = 64;
  for (int i = 0; i < steps; ++i) {
    const float t = 1 - (static_cast<float>(i) + 0.5F) / steps;
    const glm::vec3 color = ramp_color(panel.colors.ramp, t);
    const float height = (bottom - top) / steps;
    const float y = top + static_cast<float>(i) * height;
    frame.list.AddRectFilled({x, y}, {x + width, y + height + 1}, packed({color.x, color.y, color.z, 1}));
  }
  const bool log = panel.view().scale == WeightScale::logarithmic;
  const auto label = [&](float weight, const std::string& text) {
    const float y = bottom - ramp_position(weight, frame.low, frame.high, log) * (bottom - top);
    draw_text(panel, frame.list,
              {x + width + panel.px(5), std::clamp(y - panel.px(7), top - panel.px(2), bottom - panel.px(12))}, text,
              panel.colors.faint, Face::mono, 10.5F);
  };
  if (log) {
    std::string text = "1";
    const auto decades = static_cast<int>(std::lround(-std::log10(frame.low)));
    for (int decade = 0; decade <= decades; ++decade) {
      label(std::pow(10.0F, -static_cast<float>(decade)), text);
      text = text == "1" ? ".1" : text.insert(1, 1, '0');
    }
  } else {
    for (const float weight : {0.0F, 0.5F, 1.0F}) label(weight, weight == 0.5F ? ".5" : weight > 0 ? "1" : "0");
  }
}

void MapPanel::draw(const Panel& panel) {
  if (!begin_panel(panel, PanelName::map)) return end_panel();
  const View& view = panel.view();
  const std::string head =
      panel.document() != nullptr ? std::to_string(view.layer) + "." + std::to_string(view.head) : "";
  const bool wide = panel_area().width() > panel.px(450);
  Row row = panel_header(panel, "Map", wide ? head + "  P[query, key]" : head);
  const bool log = view.scale == WeightScale::logarithmic;
  if (panel_area().width() > panel.px(330)) {
    const auto scale = segments(panel, row, "scale", {"log", "linear"}, log ? 0 : 1);
    if (scale) panel.ask(SetScale{*scale == 0 ? WeightScale::logarithmic : WeightScale::linear});
  }
  const auto pool = segments(panel, row, "pool", {"max", "mean"}, view.pool == Pool2d::max ? 0 : 1);
  if (pool) panel.ask(SetPool{*pool == 0 ? Pool2d::max : Pool2d::mean});

  const auto [corner, end] = panel_area();
  const ImVec2 size(end.x - corner.x, end.y - corner.y);
  if (panel.document() == nullptr || panel.document()->info().count == 0) {
    empty_state(panel, corner, end, "no text yet");
    return end_panel();
  }
  const std::int64_t n = panel.document()->info().count;
  // Where words stand on the axes depends on the cells' size, which depends on the room that words leave.
  const float room = std::min(size.x - panel.px(66 + 62), size.y - panel.px(header_height + 30 + 14));
  const MapCamera camera = eased_camera(panel, n);
  const bool words = room / static_cast<float>(camera.cells) >= panel.px(word_cells);
  const float above = panel.px(header_height + (words ? 8.0F : 36.0F));
  const float below = panel.px(words ? 30.0F : 14.0F);
  const float left = panel.px(66);
  const float right = panel.px(words ? 20.0F : 62.0F);
  const float side = std::floor(std::min(size.x - left - right, size.y - above - below));
  if (side < panel.px(60)) return end_panel();
  const ImVec2 min(std::floor(corner.x + left + (size.x - left - right - side) / 2), std::floor(corner.y + above));
  const MapFrame map = frame_of(camera, n, min, side);
  const float low = lowest_coloured(view, n);
  const auto upper = [n](double cell) { return std::min(n, static_cast<std::int64_t>(std::ceil(cell))); };
  const Frame frame{panel,
                    *panel.document(),
                    map,
                    *ImGui::GetWindowDrawList(),
                    low,
                    1.0F,
                    static_cast<float>(map.pixels_a_cell()) / panel.scale,
                    words,
                    n,
                    static_cast<std::int64_t>(map.query),
                    upper(map.query + map.cells),
                    static_cast<std::int64_t>(map.key),
                    upper(map.key + map.cells)};
  const MapTiles::Shown shown = tiles_.draw(panel, map);
  answer_mouse(frame);
  frame.list.PushClipRect(map.min, {map.min.x + side, map.min.y + side}, true);
  draw_cells(frame);
  draw_numbers(frame);
  draw_picked(frame);
  if (hovered_ && !dragging_) draw_hovered(frame, hovered_->first, hovered_->second);
  frame.list.PopClipRect();
  if (words) {
    draw_labels(frame);
  } else {
    draw_ruler(frame);
    draw_profiles(frame);
    draw_legend(frame, map.min.x + side + panel.px(14), map.min.y + side);
  }
  if (!shown.complete) {
    const std::string badge = panel.workspace.layer() == nullptr
                                  ? "layer " + std::to_string(view.layer) + " is to be computed"
                              : shown.estimate ? "estimate from sampled rows, refining"
                                               : "refining";
    const ImVec2 text = text_size(panel, badge, Face::ui, 12);
    const ImVec2 at(map.min.x + side - text.x - panel.px(14), map.min.y + panel.px(8));
    frame.list.AddRectFilled({at.x - panel.px(7), at.y - panel.px(3)},
                             {at.x + text.x + panel.px(7), at.y + text.y + panel.px(3)}, packed(panel.colors.raised),
                             panel.px(5));
    draw_text(panel, frame.list, at, badge, panel.colors.dim, Face::ui, 12);
  }
  end_panel();
}

}  // namespace attnscope
