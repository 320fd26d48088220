#include "ui/map_panel.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "ui/widgets.h"

namespace attnscope {
namespace {

constexpr double camera_ease = 0.15;  // seconds
constexpr float word_left = 66;       // design pixels beside the map, where words stand
constexpr float word_right = 20;
constexpr float digit_width = 6.8F;  // of the ruler's and the legend's numbers
constexpr float word_cells = 13;     // design pixels a cell from which words stand on the axes

// Of the ramp, below 1.
float decades_of(float low) { return std::round(-std::log10(low)); }

}  // namespace

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

void MapPanel::answer_mouse(const MapScene& scene) {
  const Panel& panel = scene.panel;
  const MapFrame& map = scene.map;
  ImGui::SetCursorScreenPos(map.min);
  ImGui::InvisibleButton("map", {map.side, map.side});
  panel.probe.mark("map");
  const bool hovered = ImGui::IsItemHovered();
  const ImVec2 mouse = ImGui::GetMousePos();
  const ImGuiIO& io = ImGui::GetIO();
  if (hovered && io.MouseWheel != 0) {
    // About the cell that will be under the mouse: the camera may still be on its way.
    const MapFrame arrived = frame_of(panel.view().map, scene.n, map.min, map.side);
    panel.ask(MoveMap{zoomed(panel.view().map, arrived, mouse, std::pow(zoom_a_notch, io.MouseWheel), scene.n)});
  }
  dragging_ = ImGui::IsItemActive() && ImGui::IsMouseDragging(ImGuiMouseButton_Left);
  if (dragging_ && (io.MouseDelta.x != 0 || io.MouseDelta.y != 0)) {
    panel.ask(MoveMap{panned(panel.view().map, map, io.MouseDelta, scene.n)});
  }
  hovered_.reset();
  if (!hovered) return;
  const auto query = static_cast<std::int64_t>(std::floor(map.query_at(mouse.y)));
  const auto key = static_cast<std::int64_t>(std::floor(map.key_at(mouse.x)));
  if (query < 0 || query >= scene.n || key < 0 || key >= scene.n) return;
  hovered_ = {query, key};
  if (ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) return panel.ask(MoveMap{});
  const ImVec2 dragged = ImGui::GetMouseDragDelta(ImGuiMouseButton_Left, 0);
  const bool still = dragged.x * dragged.x + dragged.y * dragged.y < io.MouseDragThreshold * io.MouseDragThreshold;
  const bool second = io.MouseClickedLastCount[ImGuiMouseButton_Left] > 1;  // click of a double click
  if (ImGui::IsItemDeactivated() && still && !second) {
    panel.ask(PickPair{scene.document.token_at(query), scene.document.token_at(key)});
  }
}

void MapPanel::draw_hovered(const MapScene& scene, std::int64_t query, std::int64_t key) {
  const Panel& panel = scene.panel;
  const MapFrame& map = scene.map;
  const ImU32 line = packed(with_alpha(panel.colors.text, 0.25F));
  const float x = map.x(static_cast<double>(key) + 0.5);
  const float y = map.y(static_cast<double>(query) + 0.5);
  scene.list.AddLine({map.min.x, y}, {map.min.x + map.side, y}, line);
  scene.list.AddLine({x, map.min.y}, {x, map.min.y + map.side}, line);
  const auto layer = panel.workspace.layer();
  if (layer == nullptr) return;
  const auto pair =
      panel.workspace.engine().want(layer, PairRequest{panel.workspace.head_ref(), query, key}, Urgency::answer);
  const auto name = [&](std::int64_t place) {
    return panel.glyphs.displayed(scene.document.label(scene.document.token_at(place)));
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
      "query " + count_label(scene.document.token_at(query)) + "  key " + count_label(scene.document.token_at(key));
  ImGui::TextUnformatted(where.c_str());
  ImGui::PopStyleColor();
  ImGui::PopFont();
  end_card();
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
  const float room = std::min(size.x - panel.px(word_left + word_right), size.y - panel.px(header_height + 8 + 30));
  const MapCamera camera = eased_camera(panel, n);
  const bool words = room / static_cast<float>(camera.cells) >= panel.px(word_cells);
  const float above = panel.px(header_height + (words ? 8.0F : 36.0F));
  const auto upper = [n](double cell) { return std::min(n, static_cast<std::int64_t>(std::ceil(cell))); };
  const auto cells = static_cast<float>(camera.cells);
  const MapFrame unit = frame_of(camera, n, {}, 1);
  const bool slanted = words && words_need_slant(panel, *panel.document(), static_cast<std::int64_t>(unit.key),
                                                 upper(unit.key + unit.cells), room / cells);
  const float below = panel.px(words ? room_for_words(slanted) : 14.0F);
  const float low = lowest_coloured(view, n);
  const std::string last = count_label(panel.document()->info().first + n);
  const float left = panel.px(words ? word_left : 32 + digit_width * static_cast<float>(last.size()));
  const float right = panel.px(words ? word_right : 32 + digit_width * (1 + decades_of(low)));
  const float side = std::floor(std::min(size.x - left - right, size.y - above - below));
  if (side < panel.px(60)) return end_panel();
  const ImVec2 min(std::floor(corner.x + left + (size.x - left - right - side) / 2), std::floor(corner.y + above));
  const MapFrame map = frame_of(camera, n, min, side);
  const MapScene scene{panel,
                       *panel.document(),
                       map,
                       *ImGui::GetWindowDrawList(),
                       low,
                       1.0F,
                       static_cast<float>(map.pixels_a_cell()) / panel.scale,
                       n,
                       slanted,
                       static_cast<std::int64_t>(map.query),
                       upper(map.query + map.cells),
                       static_cast<std::int64_t>(map.key),
                       upper(map.key + map.cells)};
  const MapTiles::Shown shown = tiles_.draw(panel, map);
  answer_mouse(scene);
  scene.list.PushClipRect(map.min, {map.min.x + side, map.min.y + side}, true);
  draw_gaps(scene);
  draw_numbers(scene);
  draw_picked(scene);
  if (hovered_ && !dragging_) draw_hovered(scene, hovered_->first, hovered_->second);
  scene.list.PopClipRect();
  if (words) {
    draw_axis_words(scene, hovered_);
  } else {
    draw_ruler(scene);
    draw_profiles(scene);
    draw_legend(scene, map.min.x + side + panel.px(14), map.min.y + side);
  }
  if (!shown.complete) {
    const std::string badge = panel.workspace.layer() == nullptr ? missing_layer(panel, view.layer)
                              : shown.estimate                   ? "estimate from sampled rows, refining"
                                                                 : "refining";
    const ImVec2 text = text_size(panel, badge, Face::ui, 12);
    const ImVec2 at(map.min.x + side - text.x - panel.px(14), map.min.y + panel.px(8));
    scene.list.AddRectFilled({at.x - panel.px(7), at.y - panel.px(3)},
                             {at.x + text.x + panel.px(7), at.y + text.y + panel.px(3)}, packed(panel.colors.raised),
                             panel.px(5));
    draw_text(panel, scene.list, at, badge, panel.colors.dim, Face::ui, 12);
  }
  end_panel();
}

}  // namespace attnscope
