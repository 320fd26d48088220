#include "session/workspace.h"

#include <algorithm>
#include <cmath>

namespace attnscope {
namespace {

constexpr double typing_pause = 0.25;   // seconds without a key before a sentence is captured again
constexpr double open_head_time = 1.0;  // of a new document: after that its head does not move by itself until the end
constexpr double quiet_before_cost = 1.5;         // seconds without input before anything is measured
constexpr double longest_cost_run = 1.0;          // seconds of one measured forward
constexpr std::int64_t most_links_asked = 16384;  // tokens up to which every head is asked for one row

}  // namespace

Workspace::Workspace(Backend& backend, Pool& pool, WorkspaceOptions options, std::function<void()> wake)
    : options_(std::move(options)),
      settings_(options_.settings),
      wake_(std::move(wake)),
      backend_(backend),
      pool_(pool),
      engine_(backend, pool, wake_),
      runner_(backend, pool, options_.models, wake_),
      model_(!options_.model.empty()    ? options_.model
             : !settings_.model.empty() ? settings_.model
                                        : best_model()) {}

std::string Workspace::best_model() const {
  for (const char* name : {"smollm2", "tiny"}) {
    for (const ModelPlace& place : options_.models) {
      if (place.name == name && std::filesystem::exists(place.path)) return place.name;
    }
  }
  return "tiny";
}

void Workspace::begin_frame(double now) {
  now_ = now;
  engine_.begin_frame();
  if (draft_changed_ && now_ - *draft_changed_ >= typing_pause) capture_draft();
  adopt_capture();
  const CaptureStatus status = runner_.status();
  if (status.stage == CaptureStage::failed && status.order > reported_order_) {
    reported_order_ = status.order;
    notice_ = {status.message, true};
  }
  if (std::string line = engine_.fallback(); line != said_fallback_) {
    notice_ = {line, false};
    said_fallback_ = std::move(line);
  }
  choose_head();
}

void Workspace::end_frame(double last_input) {
  engine_.end_frame();
  last_input_ = last_input;
  if (!options_.measures || document_ == nullptr) return;
  const CaptureStage stage = runner_.status().stage;
  const bool computing = stage == CaptureStage::opening || stage == CaptureStage::computing;
  const std::int64_t head_dim = document_->info().layers.empty() ? 0 : document_->info().layers.front().head_dim;
  if (head_dim > 0 && head_dim != meter_head_dim_) {
    meter_ = std::make_unique<CostMeter>(backend_, head_dim, longest_cost_run, wake_);
    meter_head_dim_ = head_dim;
  }
  if (meter_ != nullptr) meter_->set_allowed(!computing && !engine_.busy() && now_ - last_input_ >= quiet_before_cost);
}

std::optional<double> Workspace::due_in() const {
  std::optional<double> due;
  const auto at = [&](double when) { due = std::min(due.value_or(when - now_), std::max(0.0, when - now_)); };
  if (draft_changed_) at(*draft_changed_ + typing_pause);
  if (meter_ != nullptr && !meter_->finished() && now_ - last_input_ < quiet_before_cost) {
    at(last_input_ + quiet_before_cost);
  }
  return due;
}

void Workspace::open(CaptureOrder order, Arrival arrival) {
  arrival_ = std::move(arrival);
  draft_changed_.reset();
  notice_.reset();
  latest_order_ = runner_.start(std::move(order));
}

void Workspace::open_example(std::size_t index, Arrival arrival) {
  if (index >= options_.examples.size()) return;
  const Example& example = options_.examples[index];
  arrival.name = "sentence";
  arrival.example = index;
  arrival.pick = example.pick;
  arrival.which = example.which;
  const auto head = example.heads.find(model_);
  if (head != example.heads.end() && !arrival.layer && !arrival.head) {
    arrival.layer = head->second.layer;
    arrival.head = head->second.head;
  }
  draft_ = example.text;
  open(TextOrder{example.text, model_, 0}, std::move(arrival));
}

std::shared_ptr<const Layer> Workspace::layer(std::int64_t index) const {
  if (document_ == nullptr || index < 0 || index >= document_->capture().layer_count()) return nullptr;
  return document_->capture().layer(index);
}

// A new capture: what was picked is kept where that makes sense, else chosen by the arrival's wishes, then by rule.
void Workspace::adopt_capture() {
  const std::uint64_t order = runner_.capture_order();
  if (order == shown_order_) return;
  const std::shared_ptr<const Capture> capture = runner_.capture();
  if (capture == nullptr || order != latest_order_) return;
  shown_order_ = order;
  engine_.clear();
  document_ = std::make_unique<Document>(arrival_.name, capture, runner_.model());
  if (document_->is_sentence() && !draft_changed_) draft_ = capture->info().text;
  example_ = arrival_.example;
  adopted_ = now_;

  const CaptureInfo& info = document_->info();
  View view;
  view.direction = view_.direction;
  view.pool = view_.pool;
  view.scale = view_.scale;
  view.cut = view_.cut;
  view.everyone = view_.everyone;
  view.token = arrival_.token;
  if (!view.token && !arrival_.pick.empty()) {
    const std::int64_t found = document_->find_token(arrival_.pick, arrival_.which);
    if (found >= 0) view.token = found;
  }
  if (!view.token || !document_->in_context(*view.token)) view.token = document_->last_word();
  const std::int64_t layers = std::ssize(info.layers);
  view.layer = std::clamp<std::int64_t>(arrival_.layer.value_or(0), 0, layers - 1);
  const std::int64_t heads = info.layers[static_cast<std::size_t>(view.layer)].heads;
  view.head = std::clamp<std::int64_t>(arrival_.head.value_or(0), 0, heads - 1);
  head_is_open_ = !arrival_.head && info.count <= most_links_asked;
  history_.clear();
  view_ = view;
  transient_.hover_token.reset();
  transient_.hover_head.reset();
  transient_.picked_at = now_;
  if (!info.notes.empty()) notice_ = {info.notes.front(), false};
}

// Where nobody said which head: the one in which the picked token has the strongest link that is more than a habit of
// position, that is to none of the first token, itself and what is near (16 tokens in a text, 1 in a sentence). Layers
// are looked at as they come, but after the first second only once more, at the end.
void Workspace::choose_head() {
  if (!head_is_open_ || document_ == nullptr || !view_.token) return;
  const CaptureStage stage = runner_.status().stage;
  const bool computing = stage == CaptureStage::opening || stage == CaptureStage::computing;
  if (computing && now_ - adopted_ > open_head_time) return;
  const std::int64_t place = document_->place(*view_.token);
  const std::int64_t near = document_->is_sentence() ? 1 : 16;
  float best = 0;
  std::pair<std::int64_t, std::int64_t> chosen{view_.layer, view_.head};
  bool complete = !computing;
  for (std::int64_t l = 0; l < document_->capture().layer_count(); ++l) {
    const std::shared_ptr<const Layer> there = layer(l);
    if (there == nullptr) continue;
    for (std::int64_t head = 0; head < there->spec.heads; ++head) {
      const auto row = engine_.want(there, RowRequest{{there->id, head}, place}, Urgency::visible);
      complete = complete && row != nullptr;
      if (row == nullptr) continue;
      for (std::int64_t key = 1; key < std::ssize(row->p); ++key) {
        if (std::abs(key - place) > near && row->p[static_cast<std::size_t>(key)] > best) {
          best = row->p[static_cast<std::size_t>(key)];
          chosen = {l, head};
        }
      }
    }
  }
  head_is_open_ = !complete;
  view_.layer = chosen.first;
  view_.head = chosen.second;
}

std::optional<std::int64_t> Workspace::focus_token() const {
  if (document_ == nullptr) return std::nullopt;
  const std::optional<std::int64_t> token = view_.token ? view_.token : transient_.hover_token;
  if (!token || !document_->in_context(*token)) return std::nullopt;
  return token;
}

std::shared_ptr<const Weights> Workspace::weights() {
  const auto token = focus_token();
  const auto there = layer();
  if (!token || there == nullptr) return nullptr;
  const std::int64_t place = document_->place(*token);
  if (view_.direction == Direction::attends_to) {
    return engine_.want(there, RowRequest{head_ref(), place}, Urgency::answer);
  }
  return engine_.want(there, ColumnRequest{head_ref(), place}, Urgency::answer);
}

std::optional<std::pair<std::int64_t, std::int64_t>> Workspace::pair() {
  const auto token = focus_token();
  if (!token) return std::nullopt;
  const std::int64_t place = document_->place(*token);
  std::optional<std::int64_t> other;
  if (view_.other && document_->in_context(*view_.other)) {
    other = document_->place(*view_.other);
  } else if (const auto p = weights()) {
    float best = 0;
    for (std::int64_t j = 0; j < std::ssize(p->p); ++j) {
      const bool sink = j == 0 && view_.direction == Direction::attends_to;
      if (!sink && p->p[static_cast<std::size_t>(j)] > best) {
        best = p->p[static_cast<std::size_t>(j)];
        other = j;
      }
    }
    if (!other && !p->p.empty() && p->p.front() > 0) other = 0;
  }
  if (!other) return std::nullopt;
  return view_.direction == Direction::attends_to ? std::pair(place, *other) : std::pair(*other, place);
}

}  // namespace attnscope
