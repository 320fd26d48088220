// One person's work: the document, what is looked at, and everything that computes for it. Commands go in, panels read
// what is here and ask the engine for the rest. Knows nothing of windows; all calls are of the UI thread, none waits
// for a worker.
#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/capture_runner.h"
#include "engine/cost_meter.h"
#include "engine/engine.h"
#include "session/commands.h"
#include "session/document.h"
#include "session/examples.h"
#include "session/history.h"
#include "session/settings.h"
#include "session/view.h"

namespace attnscope {

// What passes: never saved, never undone.
struct Transient {
  std::optional<std::int64_t> hover_token;                          // of the document
  std::optional<std::pair<std::int64_t, std::int64_t>> hover_head;  // layer, head
  double picked_at = -std::numeric_limits<double>::infinity();      // of the clock: light runs on the arcs from then
  Overlay overlay = Overlay::none;
  std::optional<PanelName> focus;  // to be brought to the front in the next frame
  bool reset_layout = false;       // in the next frame
  bool quit = false;
};

// One line for the status bar.
struct Notice {
  std::string text;
  bool error = false;
};

struct WorkspaceOptions {
  std::vector<ModelPlace> models;
  std::vector<Example> examples;
  Settings settings;
  std::string model;     // to begin with, in place of the settings' one; empty: theirs
  bool measures = true;  // durations are shown and the cost of attention is measured; pictures that must be the same
                         // each time do without
};

// What the first view of an order's capture looks at; what is absent is chosen by rule.
struct Arrival {
  std::string name;  // of the document
  std::optional<std::int64_t> layer, head, token;
  std::string pick;  // a token by its text, and which of several
  std::int64_t which = 1;
  std::optional<std::size_t> example;  // the text is this example's
};

class Workspace {
 public:
  // `backend` and `pool` must outlive it. `wake` is called from any thread when there is something new to draw.
  Workspace(Backend& backend, Pool& pool, WorkspaceOptions options, std::function<void()> wake);

  // A frame at `now` seconds of a clock that never goes back: new captures and results are taken over in the one, wants
  // are handed on in the other.
  void begin_frame(double now);
  void end_frame(double last_input);  // the clock at the last key or mouse event
  // Seconds until something is due without an event; none where nothing is.
  std::optional<double> due_in() const;

  void execute(const Command& command);
  // Captures a text, a file or made-up tokens and looks at what `arrival` says.
  void open(CaptureOrder order, Arrival arrival);
  // An example; `arrival` may say what to look at in place of what the example says.
  void open_example(std::size_t index, Arrival arrival);

  double now() const { return now_; }
  const View& view() const { return view_; }
  const Transient& transient() const { return transient_; }
  Transient& transient() { return transient_; }
  const Settings& settings() const { return settings_; }
  Settings& settings() { return settings_; }
  const std::optional<Notice>& notice() const { return notice_; }
  const std::vector<Example>& examples() const { return options_.examples; }
  std::optional<std::size_t> example() const { return example_; }  // whose text the document is
  const std::vector<ModelPlace>& models() const { return options_.models; }
  const std::string& model() const { return model_; }  // that texts go through, as open_model() takes it
  const std::string& draft() const { return draft_; }  // the text of the sentence field
  bool measures() const { return options_.measures; }
  unsigned threads() const { return pool_.threads(); }
  const History& history() const { return history_; }

  // Null before the first capture.
  const Document* document() const { return document_.get(); }
  // The picked layer; null while it is to be computed, or absent, or there is no document.
  std::shared_ptr<const Layer> layer() const { return layer(view_.layer); }
  std::shared_ptr<const Layer> layer(std::int64_t index) const;
  HeadRef head_ref() const { return {layer() ? layer()->id : 0, view_.head}; }
  CaptureStatus capture_status() const { return runner_.status(); }
  Engine& engine() { return engine_; }
  const Engine& engine() const { return engine_; }
  const CostMeter* cost() const { return meter_.get(); }

  // The row or column of P of the picked token (of the hovered one where nothing is picked), null while it is not
  // there.
  std::shared_ptr<const Weights> weights();
  // The token that weights() is about.
  std::optional<std::int64_t> focus_token() const;
  // The picked pair as places in the context, query first; none where no pair is picked. Where only a token is picked,
  // its strongest partner outside the first token takes the other place.
  std::optional<std::pair<std::int64_t, std::int64_t>> pair();

 private:
  void adopt_capture();
  void choose_head();
  void change(const View& to, bool map_move = false);
  void pick(std::optional<std::int64_t> token);
  void pick_head(std::int64_t layer, std::int64_t head);
  void step_strength(std::int64_t by);
  void capture_draft();
  std::string best_model() const;

  WorkspaceOptions options_;
  Settings settings_;
  std::function<void()> wake_;
  Backend& backend_;
  Pool& pool_;
  Engine engine_;
  CaptureRunner runner_;
  std::unique_ptr<CostMeter> meter_;
  std::int64_t meter_head_dim_ = 0;

  std::unique_ptr<const Document> document_;
  std::uint64_t shown_order_ = 0;     // whose capture document_ is
  std::uint64_t latest_order_ = 0;    // that was given out last
  std::uint64_t reported_order_ = 0;  // whose failure has been said
  Arrival arrival_;                   // of latest_order_
  std::optional<std::size_t> example_;
  bool head_is_open_ = false;  // nobody has said which head to look at

  std::string model_;
  std::string draft_;
  std::optional<double> draft_changed_;  // of the clock
  View view_;
  History history_;
  Transient transient_;
  std::optional<Notice> notice_;
  std::string said_fallback_;
  double now_ = 0;
  double adopted_ = 0;  // of the clock: when the document came
  double last_input_ = 0;
};

}  // namespace attnscope
