#include "ui/arcs_panel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "analysis/shown_weights.h"
#include "ui/map_camera.h"
#include "ui/widgets.h"

namespace attnscope {
namespace {

constexpr std::int64_t most_ribbons = 32;
constexpr std::size_t most_labels = 6;
constexpr float widest_ribbon = 5;
constexpr float below_base = 50;  // room for the labels under the line of tokens
constexpr float hit_distance = 5;
constexpr std::int64_t links_a_query = 8;
constexpr float least_height = 14;  // of the picked token's arcs, however near its partner is
constexpr float ticks_from = 4;     // design pixels a token from which the band shows its tokens
constexpr double contrast = 1.6;    // of everyone's arcs: strong ones stand out of the many weak ones

// Everyone's arcs recede while one token's are looked at.
constexpr float density_alone = 1;
constexpr float density_behind = 0.7F;

}  // namespace

struct ArcsPanel::Frame {
  const Panel& panel;
  const Document& document;
  ImDrawList& list;
  ImVec2 min, max;  // of the picture
  float base = 0;   // y of the line of tokens
  float room = 0;   // for arcs, pixels
  bool to = false;  // attends to: arcs above the line
  std::int64_t n = 0;
  double first = 0, last = 0;  // places at the edges: what the map shows, all of the text where that is all of it

  float x(std::int64_t place) const {
    const double share = (static_cast<double>(place) + 0.5 - first) / (last - first);
    return min.x + static_cast<float>(share) * (max.x - min.x);
  }
  float token_width() const { return (max.x - min.x) / static_cast<float>(last - first); }
  bool shows(std::int64_t place) const {
    return static_cast<double>(place) + 1 > first && static_cast<double>(place) < last;
  }
  // Arcs to the other end of one that is shown, in screen coordinates.
  float height(float a, float b) const {
    const float h = arc_height(std::abs(a - b), max.x - min.x, room);  // 85 % where one end is off screen
    const float least = std::min(panel.px(least_height), room);
    return to ? std::max(h, least) : -std::max(h, least);
  }
};

// Arcs to the first token are left out: they would cover all others. So are the loops of tokens that attend to
// themselves.
void ArcsPanel::add_everyone(const Frame& frame) {
  const Panel& panel = frame.panel;
  const auto layer = panel.workspace.layer();
  if (layer == nullptr || !panel.view().everyone) return;
  const auto links =
      panel.workspace.engine().want(layer, LinksRequest{panel.workspace.head_ref(), links_a_query}, Urgency::refine);
  if (links == nullptr) return;
  const std::array made{static_cast<double>(frame.min.x), static_cast<double>(frame.max.x), frame.first, frame.last};
  if (links != links_ || made != made_for_) {
    links_ = links;
    made_for_ = made;
    ++version_;
    everyone_.clear();
    for (std::size_t i = 0; i < links->keys.size(); ++i) {
      const std::int64_t key = links->keys[i];
      const std::int64_t query = static_cast<std::int64_t>(i) / links->k * links->stride;
      if (key <= 0 || key == query || (!frame.shows(query) && !frame.shows(key))) continue;
      const auto weight = static_cast<float>(std::pow(links->weights[i], contrast));
      everyone_.push_back({canvas_.at({frame.x(query), 0}).x, canvas_.at({frame.x(key), 0}).x, weight});
    }
  }
  canvas_.density({everyone_, canvas_.at({0, frame.base}).y, frame.room * canvas_.pixels(), !frame.to,
                   version_ * 2 + (frame.to ? 1 : 0), panel.workspace.focus_token() ? density_behind : density_alone});
}

void ArcsPanel::add_picked(const Frame& frame) {
  const Panel& panel = frame.panel;
  const auto focus = panel.workspace.focus_token();
  const float ease = panel.eased(panel.workspace.transient().picked_at, 0.12);
  const ImVec4& hue = direction_color(panel.colors, panel.view().direction);
  const float strongest = shown_.empty() ? 1 : std::max(0.05F, shown_.front().weight);
  for (std::size_t i = 0; i < shown_.size(); ++i) {
    const Shown& shown = shown_[i];
    if (shown.place == frame.document.place(*focus)) continue;  // its weight stands under it
    const float own = frame.x(frame.document.place(*focus));
    const float other = frame.x(shown.place);
    const float share = std::min(1.0F, shown.weight / strongest);
    const bool lifted =
        hovered_ == i || (panel.view().other && frame.document.place(*panel.view().other) == shown.place);
    const ImVec4 color =
        with_alpha(lifted ? mix(hue, panel.colors.text, 0.25F) : hue, (0.3F + 0.7F * std::sqrt(share)) * ease);
    const float width = panel.px(1 + (widest_ribbon - 1) * share) + (lifted ? panel.px(1) : 0);
    canvas_.ribbon({frame.to ? own : other, frame.base}, {frame.to ? other : own, frame.base}, frame.height(own, other),
                   width, color, std::sqrt(share));
  }
}

// The tokens as a thin band, the picked one and its partners marked on it.
void ArcsPanel::draw_baseline(const Frame& frame) {
  const Panel& panel = frame.panel;
  const float thick = panel.px(7);
  const float top = frame.to ? frame.base + panel.px(1) : frame.base - panel.px(1) - thick;
  frame.list.AddRectFilled({frame.min.x, top}, {frame.max.x, top + thick}, packed(panel.colors.raised));
  if (frame.token_width() >= panel.px(ticks_from)) {
    const auto first = static_cast<std::int64_t>(std::ceil(frame.first));
    for (std::int64_t place = first; static_cast<double>(place) < frame.last; ++place) {
      const float x = frame.x(place) - frame.token_width() / 2;
      frame.list.AddRectFilled({x, top}, {x + 1, top + thick}, packed(panel.colors.line));
    }
  }
  const auto mark = [&](std::int64_t place, const ImVec4& color) {
    const float x = frame.x(place);
    const float half = std::max(panel.px(1), frame.token_width() / 2);
    if (!frame.shows(place)) return;
    frame.list.AddRectFilled({x - half, top}, {x + half, top + thick}, packed(color));
  };
  const ImVec4& hue = direction_color(panel.colors, panel.view().direction);
  for (const Shown& shown : shown_) mark(shown.place, with_alpha(hue, 0.45F));
  if (const auto focus = panel.workspace.focus_token()) mark(frame.document.place(*focus), hue);
}

// The picked token with what it gives itself, then at most six partners, strongest first, where they do not cover each
// other; the strongest is always named, beside the picked token where it is too near.
void ArcsPanel::draw_labels(const Frame& frame) {
  const Panel& panel = frame.panel;
  const auto focus = panel.workspace.focus_token();
  if (!focus) return;
  std::vector<std::pair<float, float>> taken;
  const float y = frame.to ? frame.base + panel.px(12) : frame.base - panel.px(44);
  const auto put = [&](std::int64_t place, const std::string& number, const ImVec4& color, bool aside) {
    if (!frame.shows(place)) return false;
    const std::string word =
        fitted(panel, panel.glyphs.displayed(frame.document.label(frame.document.token_at(place))), panel.px(110));
    const float width = std::max(text_size(panel, word).x, text_size(panel, number, Face::mono, 12).x);
    float left = std::clamp(frame.x(place) - width / 2, frame.min.x, std::max(frame.min.x, frame.max.x - width));
    if (aside) {
      const auto& [from, to] = taken.front();
      if (left < to + panel.px(8) && left + width > from - panel.px(8)) {
        const bool before = place < frame.document.place(*focus) && from - panel.px(10) - width >= frame.min.x;
        left = before ? from - panel.px(10) - width : to + panel.px(10);
      }
    }
    for (const auto& [from, to] : taken) {
      if (left < to + panel.px(8) && left + width > from - panel.px(8)) return false;
    }
    taken.emplace_back(left, left + width);
    draw_text(panel, frame.list, {left + (width - text_size(panel, word).x) / 2, y}, word, color);
    draw_text(panel, frame.list, {left + (width - text_size(panel, number, Face::mono, 12).x) / 2, y + panel.px(16)},
              number, panel.colors.dim, Face::mono, 12);
    return true;
  };
  const std::int64_t own = frame.document.place(*focus);
  const auto self = std::find_if(shown_.begin(), shown_.end(), [own](const Shown& one) { return one.place == own; });
  put(own, self != shown_.end() ? weight_label(self->weight) : "",
      direction_color(panel.colors, panel.view().direction), false);
  std::size_t labels = 0;
  for (std::size_t i = 0; i < shown_.size() && labels < most_labels; ++i) {
    if (shown_[i].place == own) continue;
    const bool aside = labels == 0 && !taken.empty();
    if (put(shown_[i].place, weight_label(shown_[i].weight), panel.colors.text, aside)) ++labels;
  }
}

// The top of each arc, by the token at its other end.
void ArcsPanel::mark_arcs(const Frame& frame) const {
  for (const Shown& shown : shown_) {
    const float own = frame.x(frame.document.place(*frame.panel.workspace.focus_token()));
    const float other = frame.x(shown.place);
    const ImVec2 top((own + other) / 2, frame.base - frame.height(own, other));
    const std::string name = "arc " + std::to_string(frame.document.token_at(shown.place));
    frame.panel.probe.mark(name, {top.x - 1, top.y - 1}, {top.x + 1, top.y + 1});
  }
}

void ArcsPanel::answer_mouse(const Frame& frame) {
  const Panel& panel = frame.panel;
  ImGui::SetCursorScreenPos(frame.min);
  ImGui::InvisibleButton("arcs",
                         {std::max(1.0F, frame.max.x - frame.min.x), std::max(1.0F, frame.max.y - frame.min.y)});
  panel.probe.mark("arcs");
  const std::optional<std::size_t> before = hovered_;
  hovered_.reset();
  if (!ImGui::IsItemHovered()) return;
  const ImVec2 mouse = ImGui::GetMousePos();
  const auto focus = panel.workspace.focus_token();
  float nearest = panel.px(hit_distance);
  for (std::size_t i = 0; focus && i < shown_.size(); ++i) {
    const float own = frame.x(frame.document.place(*focus));
    const float other = frame.x(shown_[i].place);
    const Arc arc{{frame.to ? own : other, frame.base}, {frame.to ? other : own, frame.base}, frame.height(own, other)};
    const float distance = arc_distance(arc, {mouse.x, mouse.y});
    if (distance < nearest) {
      nearest = distance;
      hovered_ = i;
    }
  }
  const auto place = std::clamp<std::int64_t>(
      static_cast<std::int64_t>(frame.first + (mouse.x - frame.min.x) / frame.token_width()), 0, frame.n - 1);
  if (ImGui::GetIO().MouseWheel != 0) {
    // The same cameras as the map's, about the token under the mouse.
    const MapFrame map = frame_of(panel.view().map, frame.n, frame.min, frame.max.x - frame.min.x);
    const auto at = static_cast<double>(place);
    const ImVec2 cell(map.x(at), map.y(at));
    panel.ask(MoveMap{zoomed(panel.view().map, map, cell, std::pow(zoom_a_notch, ImGui::GetIO().MouseWheel), frame.n)});
  }
  if (hovered_) {
    const std::int64_t other = frame.document.token_at(shown_[*hovered_].place);
    if (before != hovered_) panel.ask(PlayArcs{});
    const auto name = [&](std::int64_t token) { return panel.glyphs.displayed(frame.document.label(token)); };
    begin_card(panel);
    ImGui::TextUnformatted(
        (frame.to ? name(*focus) + "  →  " + name(other) : name(other) + "  →  " + name(*focus)).c_str());
    ImGui::TextDisabled("P %s", weight_label(shown_[*hovered_].weight).c_str());
    end_card();
    if (ImGui::IsItemClicked()) panel.ask(frame.to ? PickPair{*focus, other} : PickPair{other, *focus});
    return;
  }
  const bool on_base = std::abs(mouse.y - frame.base) < panel.px(12);
  if (on_base) panel.workspace.transient().hover_token = frame.document.token_at(place);
  if (on_base && ImGui::IsItemClicked()) panel.ask(PickToken{frame.document.token_at(place)});
}

void ArcsPanel::draw(const Panel& panel) {
  if (!begin_panel(panel, PanelName::arcs)) return end_panel();
  const Document* document = panel.document();
  const bool to = panel.view().direction == Direction::attends_to;
  const auto weights = panel.workspace.weights();
  shown_.clear();
  std::string ledger;
  if (weights != nullptr) {
    const ShownWeights chosen =
        choose_shown(weights->p, {.share = panel.view().cut, .limit = most_ribbons, .first_apart = to});
    for (const std::int64_t place : chosen.places)
      shown_.push_back({place, weights->p[static_cast<std::size_t>(place)]});
    ledger = "shown " + weight_label(chosen.ledger.shown);
    if (to) ledger += "   first token " + weight_label(chosen.ledger.first_token);
    ledger += "   rest " + weight_label(chosen.ledger.rest);
    if (!to) ledger += "   of " + weight_label(chosen.ledger.total()) + " that it gets";
  }
  Row row = panel_header(panel, "Arcs", ledger);
  if (chip(panel, row, "everyone", panel.view().everyone ? "all queries" : "picked only", false)) {
    panel.ask(SetEveryone{!panel.view().everyone});
  }
  const auto [corner, end] = panel_area();
  const ImVec2 size(end.x - corner.x, end.y - corner.y);
  if (document == nullptr) {
    empty_state(panel, corner, end, "no text yet");
    return end_panel();
  }
  const ImVec2 min(corner.x + panel.px(22), corner.y + panel.px(header_height));
  const ImVec2 max(end.x - panel.px(22), end.y - panel.px(4));
  const float below = panel.px(below_base);
  if (max.x - min.x < panel.px(40) || max.y - min.y < below + panel.px(20)) return end_panel();
  const float base = to ? max.y - below : min.y + below;
  const float room = to ? base - min.y : max.y - base;
  const std::int64_t n = document->info().count;
  const MapCamera camera = within(panel.view().map, n);
  const double first = std::max(0.0, std::min(camera.query, camera.key) - camera.cells / 2);
  const double last = std::min(static_cast<double>(n), std::max(camera.query, camera.key) + camera.cells / 2);
  const Frame frame{panel, *document, *ImGui::GetWindowDrawList(), min, max, base, room, to, n, first, last};
  canvas_.begin(panel, min, max);
  add_everyone(frame);
  add_picked(frame);
  canvas_.show(panel, panel.workspace.transient().picked_at);
  if (panel.probe.on()) mark_arcs(frame);
  draw_baseline(frame);
  draw_labels(frame);
  answer_mouse(frame);
  if (panel.workspace.layer() == nullptr) {
    draw_text(panel, frame.list, {min.x, min.y}, missing_layer(panel, panel.view().layer), panel.colors.faint);
  } else if (!panel.workspace.focus_token()) {
    draw_text(panel, frame.list, {min.x, min.y}, "click a token", panel.colors.faint);
  } else if (weights != nullptr && shown_.empty()) {
    draw_text(panel, frame.list, {min.x, min.y}, to ? "this token sees nothing" : "no token sees this token",
              panel.colors.faint);
  }
  end_panel();
}

}  // namespace attnscope
