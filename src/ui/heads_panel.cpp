#include "ui/heads_panel.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "ui/heads_detail.h"

namespace attnscope {
namespace {

constexpr float smallest_picture = 13;  // screen pixels: smaller ones tell nothing, so cells are shaded
constexpr float largest_cell = 84;      // of a picture, design pixels
constexpr float largest_shade = 30;
constexpr float grid_share = 0.62F;         // of the panel's height, at most
constexpr float shades_share = 0.5F;        // where a list stands below
constexpr std::int64_t small_picture = 32;  // pixels of a thumbnail
constexpr std::int64_t large_picture = 128;

// A number by which cells are shaded.
struct Metric {
  const char* name;
  const char* meaning;
  double (*of)(const HeadMeans&);
  bool share;  // of the mass: the brightest cell is 1, else the largest head
};
constexpr std::array metrics{
    Metric{"prefix match", "mass on what followed the same token earlier: high in induction heads",
           [](const HeadMeans& means) { return means.prefix_match; }, true},
    Metric{"previous token", "mass on the token just before", [](const HeadMeans& means) { return means.previous; },
           true},
    Metric{"first token", "mass on the first token: high in heads that rest",
           [](const HeadMeans& means) { return means.first; }, true},
    Metric{"itself", "mass on the token itself", [](const HeadMeans& means) { return means.self; }, true},
    Metric{"entropy", "how widely a token looks, in nats", [](const HeadMeans& means) { return means.mean_entropy; },
           false},
    Metric{"mean distance", "how far a token looks, in tokens",
           [](const HeadMeans& means) { return means.mean_distance; }, false},
};

}  // namespace

HeadsPanel::Shade HeadsPanel::shade_of(const Panel& panel, float picture_cell) const {
  const bool pair = panel.workspace.pair().has_value();
  const Shade small = picture_cell >= smallest_picture ? Shade::pictures : Shade::metric;
  if (!asked_) return pair && panel.document()->is_sentence() ? Shade::pair : small;
  return *asked_ == Shade::pair && !pair ? small : *asked_;
}

// What the cells are shaded by, of the layers that are there.
void HeadsPanel::gather_values(const Panel& panel) {
  values_.clear();
  most_ = 1;
  if (shade_ == Shade::pictures) return;
  const auto pair = panel.workspace.pair();
  float largest = 0;
  for (std::int64_t l = 0; l < panel.document()->capture().layer_count(); ++l) {
    const auto layer = panel.workspace.layer(l);
    if (layer == nullptr) continue;
    Engine& engine = panel.workspace.engine();
    if (shade_ == Shade::pair) {
      const auto weights =
          engine.want(layer, PairInHeadsRequest{layer->id, pair->first, pair->second}, Urgency::visible);
      for (std::size_t h = 0; weights != nullptr && h < weights->p.size(); ++h)
        values_.push_back({l, static_cast<std::int64_t>(h), weights->p[h]});
      continue;
    }
    for (std::int64_t h = 0; h < layer->spec.heads; ++h) {
      const auto profile =
          engine.want(layer, ProfileRequest{{layer->id, h}}, Urgency::refine, panel.document()->context_ids());
      if (profile == nullptr) continue;
      values_.push_back({l, h, static_cast<float>(metrics.at(metric_).of(*profile))});
      largest = std::max(largest, values_.back().value);
    }
  }
  if (shade_ == Shade::metric && !metrics.at(metric_).share) most_ = largest;
}

void HeadsPanel::add_picture(const Panel& panel, MapPicture& picture, std::int64_t index, std::int64_t head,
                             std::int64_t side, const glm::vec4& place) {
  const auto layer = panel.workspace.layer(index);
  if (layer == nullptr) return picture.add_missing(place);
  if (head >= layer->spec.heads) return;
  const ThumbnailRequest request{{layer->id, head}, panel.view().pool, side};
  const auto there = panel.workspace.engine().want(layer, request, Urgency::refine);
  const std::uint64_t kind = (side > small_picture ? 2U : 0U) + (request.pool == Pool2d::max ? 1U : 0U);
  const std::uint64_t key = (layer->id * 4096 + static_cast<std::uint64_t>(head)) * 4 + kind;
  if (there == nullptr || !picture.put(key, *there) || !picture.add(key, place)) picture.add_missing(place);
}

void HeadsPanel::draw_pictures(const Panel& panel, const HeadsGrid& grid) {
  grid_picture_.begin(panel, std::ceil(grid.width()), std::ceil(grid.height()));
  const float width = grid.cell - grid.gap;
  const bool large = width * ImGui::GetIO().DisplayFramebufferScale.x > 40;
  for (std::int64_t l = 0; l < grid.layers; ++l) {
    if (panel.document()->capture().state(l) == LayerState::absent) continue;
    for (std::int64_t h = 0; h < grid.heads; ++h) {
      const ImVec2 at(grid.at(l, h).x - grid.min.x, grid.at(l, h).y - grid.min.y);
      const glm::vec4 place(at.x, at.y, at.x + width, at.y + width);
      add_picture(panel, grid_picture_, l, h, large ? large_picture : small_picture, place);
    }
  }
  grid_picture_.show(panel, grid.min);
}

void HeadsPanel::answer_mouse(const Panel& panel, const HeadsGrid& grid) {
  ImGui::SetCursorScreenPos(grid.min);
  ImGui::InvisibleButton("heads", {std::max(1.0F, grid.width()), std::max(1.0F, grid.height())});
  panel.probe.mark("heads");
  for (std::int64_t l = 0; panel.probe.on() && l < grid.layers; ++l) {
    for (std::int64_t h = 0; h < grid.heads; ++h) {
      const ImVec2 at = grid.at(l, h);
      panel.probe.mark("head " + head_label(l, h), at, {at.x + grid.cell - grid.gap, at.y + grid.cell - grid.gap});
    }
  }
  if (!ImGui::IsItemHovered()) return;
  panel.workspace.transient().hover_head = grid.head_at(*panel.document(), ImGui::GetMousePos());
  const auto& hovered = panel.workspace.transient().hover_head;
  if (hovered && ImGui::IsItemClicked()) panel.ask(PickHead{hovered->first, hovered->second});
}

// The hovered head, else the picked one: its picture, what it does, and the numbers that say so.
void HeadsPanel::draw_large(const Panel& panel, ImVec2 min, ImVec2 max) {
  const auto& hovered = panel.workspace.transient().hover_head;
  const std::int64_t index = hovered ? hovered->first : panel.view().layer;
  const std::int64_t head = hovered ? hovered->second : panel.view().head;
  // Beside its picture where there is little height, else below it.
  const float width = max.x - min.x;
  const float height = max.y - min.y;
  const float numbers = panel.px(130);
  const bool below = height > numbers + width * 0.55F;
  const float side = std::floor(below ? std::min(width, height - numbers) : std::min(height, width * 0.36F));
  if (side < panel.px(40)) return;
  large_picture_.begin(panel, side, side);
  add_picture(panel, large_picture_, index, head, large_picture, {0, 0, side, side});
  large_picture_.show(panel, min);
  const ImVec2 at = below ? ImVec2(min.x, min.y + side + panel.px(12)) : ImVec2(min.x + side + panel.px(18), min.y);
  draw_head_numbers(panel, index, head, at, max);
}

// The metric by which cells are shaded, with the others to choose from.
void HeadsPanel::choose_metric(const Panel& panel, Row& row) {
  if (chip(panel, row, "metric", metrics.at(metric_).name, true)) ImGui::OpenPopup("metrics");
  if (ImGui::IsItemHovered()) ImGui::SetTooltip("%s", metrics.at(metric_).meaning);
  if (!ImGui::BeginPopup("metrics")) return;
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    if (ImGui::MenuItem(metrics.at(i).name, nullptr, i == metric_)) metric_ = i;
    panel.probe.mark(std::string("metric ") + metrics.at(i).name);
    if (ImGui::IsItemHovered()) ImGui::SetTooltip("%s", metrics.at(i).meaning);
  }
  ImGui::EndPopup();
}

void HeadsPanel::draw_header(const Panel& panel) {
  const bool wide = panel_area().width() > panel.px(390);
  std::string size;
  if (wide || (shade_ != Shade::metric && panel_area().width() > panel.px(340))) {
    std::int64_t heads = 0;
    for (const LayerSpec& layer : panel.document()->info().layers) heads = std::max(heads, layer.heads);
    const std::string layers = std::to_string(panel.document()->info().layers.size());
    size = layers + (wide ? " layers × " : " × ") + std::to_string(heads);
  }
  Row row = panel_header(panel, "Heads", size);
  const auto shade = segments(panel, row, "shade", {"pictures", "metric", "this pair"}, static_cast<int>(shade_));
  if (shade) asked_ = static_cast<Shade>(*shade);
  if (shade_ == Shade::metric) choose_metric(panel, row);
}

void HeadsPanel::draw(const Panel& panel) {
  focused_ = false;
  panel.workspace.transient().hover_head.reset();
  if (!begin_panel(panel, PanelName::heads)) return end_panel();
  focused_ = ImGui::IsWindowFocused();
  const auto [corner, end] = panel_area();
  const Document* document = panel.document();
  if (document == nullptr || document->info().layers.empty()) {
    panel_header(panel, "Heads", "");
    empty_state(panel, corner, end, "no text yet");
    return end_panel();
  }
  const ImVec2 min(corner.x + panel.px(10), corner.y + panel.px(header_height));
  const ImVec2 max(end.x - panel.px(10), end.y - panel.px(10));
  const ImVec2 grid_end(max.x, min.y + (max.y - min.y) * grid_share);
  HeadsGrid grid(panel, min, grid_end, panel.px(largest_cell));
  shade_ = shade_of(panel, grid.cell);
  if (shade_ != Shade::pictures) {
    const float share = shade_ == Shade::pair ? shades_share : grid_share;
    grid = HeadsGrid(panel, min, {max.x, min.y + (max.y - min.y) * share}, panel.px(largest_shade));
  }
  gather_values(panel);
  draw_header(panel);
  images_.begin_frame();
  if (shade_ == Shade::pictures)
    draw_pictures(panel, grid);
  else
    draw_heads_shades(panel, grid, values_, most_);
  answer_mouse(panel, grid);
  draw_heads_axes(panel, grid);
  const ImVec2 below(min.x + panel.px(8), grid.min.y + grid.height() + panel.px(14));
  if (below.y + panel.px(40) < max.y) {
    const ImVec2 room(max.x - panel.px(4), max.y);
    if (shade_ == Shade::pair && !panel.workspace.transient().hover_head)
      draw_strongest_heads(panel, values_, below, room);
    else
      draw_large(panel, below, room);
  }
  end_panel();
}

}  // namespace attnscope
