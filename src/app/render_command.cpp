// attnscope render: the window, or one view of it, as a picture, without a display. The clock stands still while things
// are computed, so the same call gives the same picture.
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "app/commands.h"
#include "app/desk.h"
#include "app/indices.h"
#include "app/option_values.h"
#include "app/progress_line.h"
#include "app/source.h"
#include "app/window.h"
#include "app/window_stage.h"
#include "core/error.h"

namespace attnscope {
namespace {

constexpr int frames_to_settle = 6;                            // docking and focus take a few frames
constexpr auto longest_sleep = std::chrono::milliseconds(50);  // between looks at what is computed: a stop must be seen

struct RenderOptions {
  DeskOptions desk;
  std::string out;
  std::string view = "window";
  std::string size = "1600x1000";
  std::string theme = "dark";
  std::string seconds = "0.8";
  std::string scale;
  bool measure = false;
};

WindowUi::Only view_named(const std::string& name) {
  using Only = WindowUi::Only;
  for (const auto& [view, only] :
       {std::pair("window", Only::window), std::pair("text", Only::text), std::pair("arcs", Only::arcs),
        std::pair("map", Only::map), std::pair("heads", Only::heads), std::pair("cost", Only::cost)}) {
    if (name == view) return only;
  }
  throw InputError("--view " + name + ": takes window, text, arcs, map, heads or cost");
}

Theme theme_named(const std::string& name) {
  if (name == "dark") return Theme::dark;
  if (name == "light") return Theme::light;
  throw InputError("--theme " + name + ": takes dark or light");
}

float scale_named(const std::string& text) {
  return text.empty() ? 0.0F : static_cast<float>(parse_decimal("--scale", text, 0.5, 4));
}

// Sleeps until something was computed.
class Bell {
 public:
  void ring() {
    const std::lock_guard lock(mutex_);
    rung_ = true;
    heard_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    heard_.wait_for(lock, longest_sleep, [this] { return rung_; });
    rung_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable heard_;
  bool rung_ = false;
};

class Renderer {
 public:
  Renderer(Context& context, const RenderOptions& options, PixelSize size)
      : context_(context),
        options_(options.desk),
        only_(view_named(options.view)),
        desk_(context, options.desk, options.measure || only_ == WindowUi::Only::cost, [this] { bell_.ring(); }),
        window_({true, static_cast<int>(size.width), static_cast<int>(size.height)}),
        scale_(scale_named(options.scale)) {
    desk_.workspace().settings().theme = theme_named(options.theme);
    desk_.workspace().settings().reduced_motion = false;
  }

  // The glyphs that were drawn while things were computed lie in the font's texture in the order of their coming, which
  // is seen in the last bit of some pixels. So the picture is drawn on a new stage, when all is there.
  Image picture(double seconds) {
    desk_.open();
    for (int stage = 0; stage < 2; ++stage) {
      stage_.reset();
      stage_.emplace(desk_.workspace(), window_, scale_);
      settle();
    }
    for (int i = 0; i < frames_to_settle; ++i) draw(seconds);
    return stage_->frame().picture();
  }

 private:
  void draw(double clock) { stage_->draw(clock, -1e9, only_); }

  bool settled() const {
    const CaptureStatus status = desk_.workspace().capture_status();
    if (status.stage == CaptureStage::idle) return true;  // nothing to begin with: the empty window
    if (status.stage != CaptureStage::done) return false;
    if (desk_.workspace().document() == nullptr || desk_.workspace().engine().busy()) return false;
    const CostMeter* meter = desk_.workspace().cost();
    return !desk_.workspace().measures() || (meter != nullptr && meter->finished());
  }

  // What the options ask to look at must be there; the window itself would take the nearest.
  void check_options() const {
    const Document* document = desk_.workspace().document();
    if (document == nullptr) return;
    const CaptureInfo& info = document->info();
    if (options_.layer) check_layer(info, *options_.layer);
    if (options_.head) check_head(info, options_.layer.value_or(0), *options_.head);
    if (options_.token) places_in_context(info, {&*options_.token, 1});
  }

  // Frames at the clock's beginning until nothing more is to come.
  void settle() {
    ProgressLine line(context_, "computing the picture");
    constexpr std::uint64_t hundredths = 100;
    line.progress().expect(hundredths);
    std::uint64_t told = 0;
    for (int quiet = 0; quiet < frames_to_settle;) {
      context_.job().throw_if_stopped();
      draw(0);
      const CaptureStatus status = desk_.workspace().capture_status();
      if (status.stage == CaptureStage::failed) throw InputError(status.message);
      check_options();
      const auto share = static_cast<std::uint64_t>(status.share * hundredths);
      if (share > told) line.progress().finish(share - told);
      told = std::max(told, share);
      quiet = settled() ? quiet + 1 : 0;
      if (quiet == 0) bell_.wait();
    }
  }

  Context& context_;
  const DeskOptions& options_;
  WindowUi::Only only_;
  Bell bell_;
  mutable Desk desk_;
  Window window_;
  float scale_;
  std::optional<WindowStage> stage_;
};

void render(Context& context, const RenderOptions& options) {
  refuse_input_as_output(context, options.desk.source, options.out);
  const PixelSize size = parse_size(options.size);
  const double seconds = parse_decimal("--seconds", options.seconds, 0, 3600);
  write_png(Renderer(context, options, size).picture(seconds), options.out);
}

}  // namespace

void add_render(CLI::App& program, Action& action) {
  const auto options = std::make_shared<RenderOptions>();
  CLI::App& command = *program.add_subcommand("render", "The window, or one view of it, as a PNG file");
  add_text(command, "OUT", options->out, "the PNG file to write")->required();
  add_desk_options(command, options->desk);
  add_text(command, "--view", options->view, "window, text, arcs, map, heads or cost")->capture_default_str();
  add_text(command, "--size", options->size, "pixels, WIDTHxHEIGHT")->capture_default_str();
  add_text(command, "--theme", options->theme, "dark or light")->capture_default_str();
  add_text(command, "--seconds", options->seconds, "how long the light has run on the arcs")->capture_default_str();
  add_text(command, "--scale", options->scale, "of the interface, 0.5 to 4; by the height if absent");
  command.add_flag("--measure", options->measure, "measure and show durations; pictures then differ from call to call");
  command.callback([options, &action] { action = [options](Context& context) { render(context, *options); }; });
}

}  // namespace attnscope
