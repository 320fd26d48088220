#include "ui/heads_panel.h"

#include <algorithm>
#include <cmath>

#include "analysis/head_names.h"
#include "ui/widgets.h"

namespace attnscope {
namespace {

constexpr float axis_width = 26;
constexpr float smallest_picture = 13;  // design pixels: smaller ones are shaded cells
constexpr float largest_cell = 84;      // of a picture
constexpr float largest_shade = 30;
constexpr std::int64_t small_picture = 32;  // pixels of a thumbnail
constexpr std::int64_t large_picture = 128;
constexpr std::int64_t strongest_listed = 5;

}  // namespace

struct HeadsPanel::Grid {
  ImVec2 min;
  float cell = 0;  // screen pixels, with its gap
  float gap = 1;
  std::int64_t layers = 0, heads = 0;

  ImVec2 at(std::int64_t layer, std::int64_t head) const {
    return {min.x + static_cast<float>(layer) * cell, min.y + static_cast<float>(head) * cell};
  }
  float width() const { return static_cast<float>(layers) * cell; }
  float height() const { return static_cast<float>(heads) * cell; }
};

void HeadsPanel::choose_shade(const Panel& panel) {
  shade_ = asked_.value_or(panel.document()->is_sentence() ? Shade::pair : Shade::pictures);
  pair_weights_.clear();
  const auto pair = panel.workspace.pair();
  if (!pair) {
    if (!asked_) shade_ = Shade::pictures;
    return;
  }
  if (shade_ != Shade::pair) return;
  for (std::int64_t l = 0; l < panel.document()->capture().layer_count(); ++l) {
    const auto layer = panel.workspace.layer(l);
    if (layer == nullptr) continue;
    const auto weights = panel.workspace.engine().want(layer, PairInHeadsRequest{layer->id, pair->first, pair->second},
                                                       Urgency::visible);
    for (std::size_t h = 0; weights != nullptr && h < weights->p.size(); ++h) {
      pair_weights_.push_back({l, static_cast<std::int64_t>(h), weights->p[h]});
    }
  }
}

HeadsPanel::Grid HeadsPanel::grid_for(const Panel& panel, ImVec2 min, ImVec2 max) const {
  Grid grid;
  for (const LayerSpec& layer : panel.document()->info().layers) grid.heads = std::max(grid.heads, layer.heads);
  grid.layers = std::ssize(panel.document()->info().layers);
  const float width = max.x - min.x - panel.px(axis_width + 14);
  const float height = (max.y - min.y) * 0.62F;
  grid.cell = std::min({width / static_cast<float>(std::max<std::int64_t>(1, grid.layers)),
                        height / static_cast<float>(std::max<std::int64_t>(1, grid.heads)),
                        panel.px(shade_ == Shade::pair ? largest_shade : largest_cell)});
  grid.cell = std::max(2.0F, grid.cell >= panel.px(smallest_picture) ? std::floor(grid.cell) : grid.cell);
  grid.gap = grid.cell >= panel.px(40) ? panel.px(4) : 1;
  grid.min = {std::floor(min.x + panel.px(axis_width)), std::floor(min.y + panel.px(18))};
  return grid;
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

void HeadsPanel::draw_pictures(const Panel& panel, const Grid& grid) {
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

void HeadsPanel::draw_shades(const Panel& panel, const Grid& grid) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  for (std::int64_t l = 0; l < grid.layers; ++l) {
    for (std::int64_t h = 0; h < grid.heads; ++h) {
      const ImVec2 at = grid.at(l, h);
      list.AddRectFilled(at, {at.x + grid.cell - grid.gap, at.y + grid.cell - grid.gap},
                         packed(mix(panel.colors.panel, panel.colors.raised, 0.6F)));
    }
  }
  for (const HeadWeight& head : pair_weights_) {
    if (std::isnan(head.weight)) continue;
    const glm::vec3 color = ramp_color(panel.colors.ramp, ramp_position(head.weight, 0.01F, 1, true));
    const ImVec2 at = grid.at(head.layer, head.head);
    if (head.weight >= 0.01F)
      list.AddRectFilled(at, {at.x + grid.cell - grid.gap, at.y + grid.cell - grid.gap},
                         packed({color.x, color.y, color.z, 1}));
  }
}

void HeadsPanel::draw_axes(const Panel& panel, const Grid& grid) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const auto step = [&](std::int64_t count) {
    return grid.cell >= panel.px(20) || count <= 4 ? 1 : grid.cell >= panel.px(9) ? 2 : 5;
  };
  const std::int64_t across = grid.layers > 12 ? 5 : step(grid.layers);
  for (std::int64_t l = 0; l < grid.layers; l += across) {
    const std::string number = std::to_string(l);
    const float x = grid.at(l, 0).x + (grid.cell - text_size(panel, number, Face::mono, 10.5F).x) / 2;
    draw_text(panel, list, {x, grid.min.y - panel.px(17)}, number, panel.colors.faint, Face::mono, 10.5F);
  }
  for (std::int64_t h = 0; h < grid.heads; h += step(grid.heads)) {
    const std::string number = std::to_string(h);
    const ImVec2 size = text_size(panel, number, Face::mono, 10.5F);
    draw_text(panel, list, {grid.min.x - panel.px(6) - size.x, grid.at(0, h).y + (grid.cell - grid.gap - size.y) / 2},
              number, panel.colors.faint, Face::mono, 10.5F);
  }
  const auto frame = [&](std::int64_t layer, std::int64_t head, const ImVec4& color, float thick) {
    const ImVec2 at = grid.at(layer, head);
    const float out = panel.px(1);
    list.AddRect({at.x - out, at.y - out}, {at.x + grid.cell - grid.gap + out, at.y + grid.cell - grid.gap + out},
                 packed(color), 0, 0, panel.px(thick));
  };
  const auto& hovered = panel.workspace.transient().hover_head;
  if (hovered) frame(hovered->first, hovered->second, panel.colors.dim, 1);
  frame(panel.view().layer, panel.view().head, panel.colors.text, 1.5F);
}

void HeadsPanel::answer_mouse(const Panel& panel, const Grid& grid) {
  ImGui::SetCursorScreenPos(grid.min);
  ImGui::InvisibleButton("heads", {std::max(1.0F, grid.width()), std::max(1.0F, grid.height())});
  panel.probe.mark("heads");
  for (std::int64_t l = 0; panel.probe.on() && l < grid.layers; ++l) {
    for (std::int64_t h = 0; h < grid.heads; ++h) {
      const ImVec2 at = grid.at(l, h);
      panel.probe.mark("head " + std::to_string(l) + "." + std::to_string(h), at,
                       {at.x + grid.cell - grid.gap, at.y + grid.cell - grid.gap});
    }
  }
  if (!ImGui::IsItemHovered()) return;
  const ImVec2 mouse = ImGui::GetMousePos();
  const auto layer = static_cast<std::int64_t>((mouse.x - grid.min.x) / grid.cell);
  const auto head = static_cast<std::int64_t>((mouse.y - grid.min.y) / grid.cell);
  if (layer < 0 || layer >= grid.layers || head < 0) return;
  if (head >= panel.document()->info().layers[static_cast<std::size_t>(layer)].heads) return;
  panel.workspace.transient().hover_head = {layer, head};
  if (ImGui::IsItemClicked()) panel.ask(PickHead{layer, head});
}

// The hovered head, else the picked one: its picture, what it does, and the numbers that say so.
void HeadsPanel::draw_large(const Panel& panel, ImVec2 min, ImVec2 max) {
  const auto& hovered = panel.workspace.transient().hover_head;
  const std::int64_t index = hovered ? hovered->first : panel.view().layer;
  const std::int64_t head = hovered ? hovered->second : panel.view().head;
  // Beside its picture where there is little height, else below it.
  const float width = max.x - min.x;
  const float height = max.y - min.y;
  const float numbers = panel.px(150);
  const bool below = height > numbers + width * 0.55F;
  const float side = std::floor(below ? std::min(width, height - numbers) : std::min(height, width * 0.36F));
  if (side < panel.px(40)) return;
  large_picture_.begin(panel, side, side);
  add_picture(panel, large_picture_, index, head, large_picture, {0, 0, side, side});
  large_picture_.show(panel, min);

  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float left = below ? min.x : min.x + side + panel.px(18);
  float y = below ? min.y + side + panel.px(12) : min.y;
  const std::string number = std::to_string(index) + "." + std::to_string(head);
  const auto layer = panel.workspace.layer(index);
  if (layer == nullptr) {
    draw_text(panel, list, {left, y}, number + "  to be computed", panel.colors.dim);
    return;
  }
  const auto profile = panel.workspace.engine().want(layer, ProfileRequest{{layer->id, head}}, Urgency::visible,
                                                     panel.document()->context_ids());
  const auto name = profile != nullptr ? name_head(*profile) : std::nullopt;
  draw_text(panel, list, {left, y},
            fitted(panel, number + (name ? "  " + std::string(name->name) : ""), max.x - left, Face::strong),
            panel.colors.text, Face::strong);
  y += panel.px(20);
  if (profile == nullptr) return;
  constexpr float row_step = 17;
  const float rows_left = (max.y - y) / panel.px(row_step);
  if (name && rows_left >= 4) {
    draw_text(panel, list, {left, y}, fitted(panel, name->sentence, max.x - left, Face::ui, 12), panel.colors.faint,
              Face::ui, 12);
    y += panel.px(19);
  }
  // Two columns where one has not the height.
  const bool two = y + panel.px(6 * row_step) > max.y;
  const float column = two ? (max.x - left) / 2 : max.x - left;
  const float top = y;
  int row = 0;
  const auto line = [&](const char* what, const std::string& value) {
    const float x = left + (two && row >= 3 ? column : 0.0F);
    const float at = top + panel.px(row_step) * static_cast<float>(two ? row % 3 : row);
    ++row;
    if (at + panel.px(14) > max.y) return;
    const float value_x = x + panel.px(two ? 62.0F : 104.0F);
    draw_text(panel, list, {x, at}, fitted(panel, what, value_x - x - panel.px(4), Face::ui, 12), panel.colors.dim,
              Face::ui, 12);
    draw_text(panel, list, {value_x, at}, fitted(panel, value, x + column - value_x, Face::mono, 12), panel.colors.text,
              Face::mono, 12);
  };
  line(two ? "prefix" : "prefix match", weight_label(profile->prefix_match));
  line("previous", weight_label(profile->previous));
  line(two ? "first" : "first token", weight_label(profile->first));
  line("itself", weight_label(profile->self));
  line("entropy", number_label(profile->mean_entropy) + " nats");
  line("distance", number_label(profile->mean_distance) + (two ? "" : " tokens"));
}

void HeadsPanel::draw_strongest(const Panel& panel, ImVec2 min, ImVec2 max) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  std::vector<HeadWeight> heads = pair_weights_;
  std::erase_if(heads, [](const HeadWeight& head) { return !(head.weight > 0); });
  const auto count = std::min<std::size_t>(static_cast<std::size_t>(strongest_listed), heads.size());
  std::partial_sort(heads.begin(), heads.begin() + static_cast<std::ptrdiff_t>(count), heads.end(),
                    [](const HeadWeight& a, const HeadWeight& b) { return a.weight > b.weight; });
  draw_text(panel, list, min, heads.empty() ? "No head gives this pair any weight" : "Strongest heads for this pair",
            panel.colors.dim);
  float y = min.y + panel.px(24);
  for (std::size_t i = 0; i < count && y + panel.px(18) <= max.y; ++i) {
    const HeadWeight& head = heads[i];
    const bool picked = head.layer == panel.view().layer && head.head == panel.view().head;
    const std::string name = std::to_string(head.layer) + "." + std::to_string(head.head);
    const float left = min.x + panel.px(44);
    const float right = max.x - panel.px(52);
    const ImVec4& hue = direction_color(panel.colors, panel.view().direction);
    draw_text(panel, list, {min.x, y}, name, picked ? panel.colors.text : panel.colors.dim, Face::mono, 12.5F);
    list.AddRectFilled({left, y + panel.px(3)}, {right, y + panel.px(13)}, packed(panel.colors.raised));
    list.AddRectFilled({left, y + panel.px(3)}, {left + (right - left) * std::min(1.0F, head.weight), y + panel.px(13)},
                       packed(picked ? hue : panel.colors.faint));
    draw_text(panel, list, {right + panel.px(12), y}, weight_label(head.weight), panel.colors.text, Face::mono, 12.5F);
    ImGui::PushID(static_cast<int>(i));
    ImGui::SetCursorScreenPos({min.x, y - panel.px(2)});
    if (ImGui::InvisibleButton("strong head", {max.x - min.x, panel.px(20)}))
      panel.ask(PickHead{head.layer, head.head});
    panel.probe.mark("strong head " + std::to_string(i));
    ImGui::PopID();
    y += panel.px(21);
  }
}

void HeadsPanel::draw(const Panel& panel) {
  focused_ = false;
  panel.workspace.transient().hover_head.reset();
  if (!begin_panel(panel, PanelName::heads)) return end_panel();
  focused_ = ImGui::IsWindowFocused();
  const auto [corner, end] = panel_area();
  const ImVec2 size(end.x - corner.x, end.y - corner.y);
  const Document* document = panel.document();
  if (document == nullptr || document->info().layers.empty()) {
    panel_header(panel, "Heads", "");
    empty_state(panel, corner, end, "no text yet");
    return end_panel();
  }
  choose_shade(panel);
  const ImVec2 min(corner.x + panel.px(14), corner.y + panel.px(header_height));
  const ImVec2 max(end.x - panel.px(14), end.y - panel.px(10));
  const Grid grid = grid_for(panel, min, max);
  Row row = panel_header(panel, "Heads", std::to_string(grid.layers) + " layers × " + std::to_string(grid.heads));
  const auto shade = segments(panel, row, "shade", {"pictures", "this pair"}, shade_ == Shade::pictures ? 0 : 1);
  if (shade) asked_ = *shade == 0 ? Shade::pictures : Shade::pair;
  images_.begin_frame();
  if (shade_ == Shade::pair) {
    draw_shades(panel, grid);
  } else {
    draw_pictures(panel, grid);
  }
  answer_mouse(panel, grid);
  draw_axes(panel, grid);
  const ImVec2 below(min.x + panel.px(4), grid.min.y + grid.height() + panel.px(14));
  if (below.y + panel.px(40) < max.y) {
    if (shade_ == Shade::pair && !panel.workspace.transient().hover_head) {
      draw_strongest(panel, below, max);
    } else {
      draw_large(panel, below, max);
    }
  }
  end_panel();
}

}  // namespace attnscope
