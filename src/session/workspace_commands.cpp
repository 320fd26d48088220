// What each command does. The frame is workspace.cpp's.
#include <algorithm>
#include <numeric>
#include <variant>

#include "session/workspace.h"

namespace attnscope {
namespace {

template <typename... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <typename... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

// Places of a row or column by falling weight, equal ones in the order of the text; masked and zero ones left out.
std::vector<std::int64_t> by_strength(const std::vector<float>& p) {
  std::vector<std::int64_t> places(p.size());
  std::iota(places.begin(), places.end(), 0);
  std::erase_if(places, [&](std::int64_t place) { return !(p[static_cast<std::size_t>(place)] > 0); });
  std::stable_sort(places.begin(), places.end(), [&](std::int64_t a, std::int64_t b) {
    return p[static_cast<std::size_t>(a)] > p[static_cast<std::size_t>(b)];
  });
  return places;
}

// An arrival that leaves everything but the document's name to rule.
Arrival named(std::string name) {
  Arrival arrival;
  arrival.name = std::move(name);
  return arrival;
}

}  // namespace

void Workspace::change(const View& to, bool map_move) {
  if (to == view_) return;
  history_.remember(view_, map_move, now_);
  view_ = to;
}

void Workspace::pick(std::optional<std::int64_t> token) {
  if (document_ == nullptr || (token && (*token < 0 || *token >= document_->tokens()))) return;
  View view = view_;
  view.token = token;
  view.other.reset();
  if (token && view == view_) {  // again: the light runs again
    transient_.picked_at = now_;
    return;
  }
  change(view);
  transient_.picked_at = now_;
}

void Workspace::pick_head(std::int64_t layer, std::int64_t head) {
  if (document_ == nullptr) return;
  const std::vector<LayerSpec>& layers = document_->info().layers;
  if (layer < 0 || layer >= std::ssize(layers)) return;
  const std::int64_t heads = layers[static_cast<std::size_t>(layer)].heads;
  View view = view_;
  view.layer = layer;
  view.head = std::clamp<std::int64_t>(head, 0, std::max<std::int64_t>(0, heads - 1));
  head_is_open_ = false;
  if (view == view_) return;
  change(view);
  transient_.picked_at = now_;
}

void Workspace::step_strength(std::int64_t by) {
  const auto p = weights();
  const auto picked = pair();
  if (p == nullptr || !picked) return;
  const std::int64_t at = view_.direction == Direction::attends_to ? picked->second : picked->first;
  const std::vector<std::int64_t> places = by_strength(p->p);
  const auto here = std::find(places.begin(), places.end(), at);
  if (here == places.end()) return;
  const std::int64_t next = std::clamp<std::int64_t>(here - places.begin() + by, 0, std::ssize(places) - 1);
  View view = view_;
  view.token = focus_token();
  view.other = document_->token_at(places[static_cast<std::size_t>(next)]);
  change(view);
}

void Workspace::capture_draft() {
  draft_changed_.reset();
  if (draft_.empty()) return;  // what is shown stays until there is something else to show
  Arrival arrival;
  arrival.name = "sentence";
  arrival.layer = view_.layer;
  arrival.head = view_.head;
  if (document_ != nullptr && view_.token && document_->in_context(*view_.token)) {
    arrival.pick = without_spaces(document_->bytes(*view_.token));
  }
  open(TextOrder{draft_, model_, 0}, std::move(arrival));
}

void Workspace::execute(const Command& command) {
  const auto step_head = [this](std::int64_t by) {
    if (document_ == nullptr) return;
    const std::int64_t heads = document_->info().layers[static_cast<std::size_t>(view_.layer)].heads;
    pick_head(view_.layer, std::clamp<std::int64_t>(view_.head + by, 0, heads - 1));
  };
  const auto set = [this](auto View::*field, auto value) {
    View view = view_;
    view.*field = value;
    change(view);
  };
  std::visit(Overloaded{
                 [this](const PickToken& c) { pick(c.token); },
                 [this](const PickPair& c) {
                   if (document_ == nullptr) return;
                   const bool to = view_.direction == Direction::attends_to;
                   View view = view_;
                   view.token = to ? c.query : c.key;
                   view.other = to ? c.key : c.query;
                   if (!document_->in_context(*view.token) || !document_->in_context(*view.other)) return;
                   if (view.token != view_.token) transient_.picked_at = now_;
                   change(view);
                 },
                 [this](const PickHead& c) { pick_head(c.layer, c.head); },
                 [this](const StepToken& c) {
                   if (document_ == nullptr) return;
                   const CaptureInfo& info = document_->info();
                   const std::int64_t from = view_.token.value_or(c.by > 0 ? info.first - 1 : info.first + info.count);
                   pick(std::clamp<std::int64_t>(from + c.by, info.first, info.first + info.count - 1));
                 },
                 [this](const StepStrength& c) { step_strength(c.by); },
                 [&](const StepHead& c) { step_head(c.by); },
                 [this](const StepLayer& c) {
                   if (document_ == nullptr) return;
                   pick_head(std::clamp<std::int64_t>(view_.layer + c.by, 0, std::ssize(document_->info().layers) - 1),
                             view_.head);
                 },
                 [this](const SetDirection& c) {
                   View view = view_;
                   if (view.direction == c.direction) return;
                   view.direction = c.direction;
                   view.other.reset();
                   change(view);
                   transient_.picked_at = now_;
                 },
                 [&](const SetPool& c) { set(&View::pool, c.pool); },
                 [&](const SetScale& c) { set(&View::scale, c.scale); },
                 [&](const SetCut& c) { set(&View::cut, std::clamp(c.cut, 0.05, 1.0)); },
                 [&](const SetEveryone& c) { set(&View::everyone, c.everyone); },
                 [this](const MoveMap& c) {
                   View view = view_;
                   view.map = c.camera;
                   change(view, true);
                 },
                 [this](const Undo&) {
                   if (const auto view = history_.undo(view_)) view_ = *view;
                 },
                 [this](const Redo&) {
                   if (const auto view = history_.redo(view_)) view_ = *view;
                 },
                 [this](const EditText& c) {
                   draft_ = c.text;
                   draft_changed_ = now_;
                 },
                 [this](const OpenText& c) {
                   draft_ = c.text;
                   open(TextOrder{c.text, model_, 0}, named(c.name));
                 },
                 [this](const OpenFile& c) {
                   open(FileOrder{c.path, model_, 0}, named(c.path.filename().string()));
                 },
                 [this](const OpenExample& c) { open_example(c.index, {}); },
                 [this](const OpenSynthetic& c) {
                   open(SyntheticOrder{c.tokens}, named(std::to_string(c.tokens) + " made-up tokens"));
                 },
                 [this](const UseModel& c) {
                   model_ = c.model;
                   settings_.model = c.model;
                   if (example_) return execute(OpenExample{*example_});
                   if (document_ == nullptr || document_->info().text.empty()) return;
                   open(TextOrder{document_->info().text, model_, 0}, named(document_->name()));
                 },
                 [this](const CaptureFrom& c) {
                   if (document_ == nullptr || c.token < 0 || c.token >= document_->tokens()) return;
                   Arrival arrival = named(document_->name());
                   arrival.layer = view_.layer;
                   arrival.head = view_.head;
                   arrival.token = view_.token;
                   open(TextOrder{document_->info().text, model_, c.token}, std::move(arrival));
                 },
                 [this](const StopCapture&) { runner_.stop(); },
                 [this](const SetTheme& c) { settings_.theme = c.theme; },
                 [this](const SetReducedMotion& c) { settings_.reduced_motion = c.reduced; },
                 [this](const PlayArcs&) { transient_.picked_at = now_; },
                 [this](const FocusPanel& c) { transient_.focus = c.panel; },
                 [this](const ShowOverlay& c) { transient_.overlay = c.overlay; },
                 [this](const ResetLayout&) { transient_.reset_layout = true; },
                 [this](const DismissNotice&) {
                   if (!notice_) engine_.forget_failure();  // what the window shows then
                   notice_.reset();
                 },
                 [this](const Quit&) { transient_.quit = true; },
             },
             command);
}

}  // namespace attnscope
