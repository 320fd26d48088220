#include "ui/heads_detail.h"

#include <algorithm>
#include <array>
#include <vector>

#include "analysis/head_names.h"
#include "ui/widgets.h"

namespace attnscope {
namespace {

constexpr std::size_t most_listed = 5;
constexpr float list_step = 20;
constexpr float number_step = 16;

std::string entropy_label(double nats) { return (nats < 0.005 ? weight_label(nats) : number_label(nats)) + " nats"; }

// The strongest of `weights` by weight, at most `count`; the picked head takes the last place where it is not one.
std::vector<HeadValue> strongest_of(const Panel& panel, std::span<const HeadValue> weights, std::size_t count) {
  std::vector<HeadValue> heads;
  std::copy_if(weights.begin(), weights.end(), std::back_inserter(heads),
               [](const HeadValue& head) { return head.value > 0; });
  const auto picked = [&panel](const HeadValue& head) {
    return head.layer == panel.view().layer && head.head == panel.view().head;
  };
  // Of equal ones the picked head first: a list of ties is arbitrary.
  std::stable_sort(heads.begin(), heads.end(), [&](const HeadValue& a, const HeadValue& b) {
    return a.value > b.value || (a.value == b.value && picked(a) && !picked(b));
  });
  if (heads.size() <= count) return heads;
  const auto end = heads.begin() + static_cast<std::ptrdiff_t>(count);
  const auto own = std::find_if(heads.begin(), heads.end(), picked);
  if (own != heads.end() && own >= end && count > 1) *(end - 1) = *own;
  heads.erase(end, heads.end());
  return heads;
}

}  // namespace

void draw_head_numbers(const Panel& panel, std::int64_t layer, std::int64_t head, ImVec2 min, ImVec2 max) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const std::string number = head_label(layer, head);
  const auto there = panel.workspace.layer(layer);
  if (there == nullptr) {
    draw_text(panel, list, min, missing_layer(panel, layer), panel.colors.dim);
    return;
  }
  const auto profile = panel.workspace.engine().want(there, ProfileRequest{{there->id, head}}, Urgency::visible,
                                                     panel.document()->context_ids());
  const auto name = profile != nullptr ? name_head(*profile) : std::nullopt;
  draw_text(panel, list, min,
            fitted(panel, number + (name ? "  " + std::string(name->name) : ""), max.x - min.x, Face::strong),
            panel.colors.text, Face::strong);
  if (profile == nullptr) return;
  float y = min.y + panel.px(20);
  const std::array<std::pair<const char*, std::string>, 6> rows{{
      {"prefix match", weight_label(profile->prefix_match)},
      {"previous token", weight_label(profile->previous)},
      {"first token", weight_label(profile->first)},
      {"entropy", entropy_label(profile->mean_entropy)},
      {"mean distance", number_label(profile->mean_distance) + " tokens"},
      {"itself", weight_label(profile->self)},
  }};
  for (const auto& [what, value] : rows) {
    if (y + panel.px(number_step - 2) > max.y) return;
    const float value_x = min.x + panel.px(100);
    draw_text(panel, list, {min.x, y}, what, panel.colors.dim, Face::ui, 12);
    draw_text(panel, list, {value_x, y}, fitted(panel, value, max.x - value_x, Face::mono, 12), panel.colors.text,
              Face::mono, 12);
    y += panel.px(number_step);
  }
}

void draw_strongest_heads(const Panel& panel, std::span<const HeadValue> weights, ImVec2 min, ImVec2 max) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const bool none = std::none_of(weights.begin(), weights.end(), [](const HeadValue& head) { return head.value > 0; });
  const bool all = !weights.empty() && std::all_of(weights.begin(), weights.end(),
                                                   [](const HeadValue& head) { return head.value >= 0.9995F; });
  const char* title = none  ? "No head gives this pair any weight"
                      : all ? "The query sees one token: every head gives it all"
                            : "Strongest heads for this pair";
  draw_text(panel, list, min, fitted(panel, title, max.x - min.x), panel.colors.dim);
  if (all) return;
  float y = min.y + panel.px(23);
  const auto rows = static_cast<std::size_t>(std::max(0.0F, (max.y - y + panel.px(4)) / panel.px(list_step)));
  const std::vector<HeadValue> heads = strongest_of(panel, weights, std::min(most_listed, rows));
  for (std::size_t i = 0; i < heads.size(); ++i) {
    const HeadValue& head = heads[i];
    const bool picked = head.layer == panel.view().layer && head.head == panel.view().head;
    const float left = min.x + panel.px(44);
    const float right = max.x - panel.px(44);
    const ImVec4& hue = direction_color(panel.colors, panel.view().direction);
    draw_text(panel, list, {min.x, y}, head_label(head.layer, head.head), picked ? panel.colors.text : panel.colors.dim,
              Face::mono, 12.5F);
    list.AddRectFilled({left, y + panel.px(3)}, {right, y + panel.px(13)}, packed(panel.colors.raised));
    list.AddRectFilled({left, y + panel.px(3)}, {left + (right - left) * std::min(1.0F, head.value), y + panel.px(13)},
                       packed(picked ? hue : panel.colors.faint));
    draw_text(panel, list, {right + panel.px(12), y}, weight_label(head.value), panel.colors.text, Face::mono, 12.5F);
    ImGui::PushID(static_cast<int>(i));
    ImGui::SetCursorScreenPos({min.x, y - panel.px(1)});
    if (ImGui::InvisibleButton("strong head", {max.x - min.x, panel.px(list_step - 1)}))
      panel.ask(PickHead{head.layer, head.head});
    panel.probe.mark("strong head " + std::to_string(i));
    ImGui::PopID();
    y += panel.px(list_step);
  }
}

}  // namespace attnscope
