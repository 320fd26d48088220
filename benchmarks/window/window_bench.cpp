// How fast the window answers: its first picture, its frames, its clicks while a model runs. See benchmarks/README.md.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/places.h"
#include "app/window_stage.h"
#include "attention/select.h"
#include "core/error.h"

namespace attnscope {
namespace {

constexpr std::size_t tokens_wanted = 8192;
constexpr int clicks = 50;

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// The value below which a share of the values lies.
double percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

// The window over a workspace, and a bell that rings when something was computed.
class Bench {
 public:
  Bench(const std::string& model, int width, int height)
      : backend_(select_backend("auto", "")),
        workspace_(*backend_, pool_, options(model), [this] { ring(); }),
        window_({true, width, height}),
        stage_(workspace_, window_, 0) {}

  Workspace& workspace() { return workspace_; }
  void draw() { stage_.draw(seconds(), -1e9); }
  // Frames, each as soon as there is something new, until `done`.
  template <typename Done>
  void draw_until(Done done) {
    for (draw(); !done(); draw()) {
      std::unique_lock lock(mutex_);
      heard_.wait_for(lock, std::chrono::milliseconds(5), [this] { return rung_; });
      rung_ = false;
    }
  }
  bool lit() { return workspace_.document() != nullptr && workspace_.weights() != nullptr; }
  bool done() const { return workspace_.capture_status().stage == CaptureStage::done; }
  // The bundled story again and again, as many bytes as `tokens` of its tokens have with this model.
  void open_long_text(const std::string& model, std::size_t tokens) {
    std::ifstream in(ATTNSCOPE_ASSETS "/texts/sample.txt");
    const std::string story = std::string(std::istreambuf_iterator<char>(in), {}) + "\n\n";
    workspace_.open(TextOrder{story, model, 0}, {});
    draw_until([&] { return workspace_.document() != nullptr; });
    const double bytes_a_token =
        static_cast<double>(story.size()) / static_cast<double>(workspace_.document()->tokens());
    std::string text;
    const auto bytes = static_cast<std::size_t>(bytes_a_token * static_cast<double>(tokens));
    while (text.size() < bytes) text += story;
    text.resize(bytes);
    const Document* before = workspace_.document();
    workspace_.open(TextOrder{std::move(text), model, 0}, {});
    draw_until([&] { return workspace_.document() != before; });
  }

 private:
  static WorkspaceOptions options(const std::string& model) {
    WorkspaceOptions options;
    const Places places = find_places(process_environment(), program_path());
    options.models = known_models(ATTNSCOPE_ASSETS, places.models);
    options.examples = load_examples(ATTNSCOPE_ASSETS "/texts/examples.txt");
    options.model = model;
    options.measures = false;
    return options;
  }
  void ring() {
    const std::lock_guard lock(mutex_);
    rung_ = true;
    heard_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable heard_;
  bool rung_ = false;
  std::unique_ptr<Backend> backend_;
  Pool pool_;
  Workspace workspace_;
  Window window_;
  WindowStage stage_;
};

void measure_start(const std::string& model, double began) {
  Bench bench(model, 1600, 1000);
  bench.workspace().execute(OpenExample{0});
  bench.draw();
  std::printf("first frame                 %6.0f ms\n", 1e3 * (seconds() - began));
  bench.draw_until([&] { return bench.workspace().document() != nullptr; });
  std::printf("text laid out               %6.0f ms\n", 1e3 * (seconds() - began));
  bench.draw_until([&] { return bench.lit(); });
  std::printf("picked token lit            %6.0f ms, %.0f ms of processor\n", 1e3 * (seconds() - began),
              1e3 * processor_seconds());
}

void measure_frames(double length) {
  Bench bench("tiny", 1280, 720);
  bench.open_long_text("tiny", tokens_wanted);
  bench.draw_until([&] { return bench.done() && !bench.workspace().engine().busy(); });
  bench.workspace().execute(PickHead{1, 2});
  bench.draw_until([&] { return !bench.workspace().engine().busy(); });
  std::vector<double> times;
  const double processor = processor_seconds();
  const double end = seconds() + length;
  while (seconds() < end) {
    bench.workspace().execute(PlayArcs{});
    const double before = seconds();
    bench.draw();
    times.push_back(seconds() - before);
  }
  const auto count = static_cast<double>(times.size());
  std::printf("tokens                      %6lld\n",
              static_cast<long long>(bench.workspace().document()->info().count));
  std::printf("frames a second             %6.1f, p95 %.1f ms, %.1f ms of processor a frame\n", count / length,
              1e3 * percentile(times, 0.95), 1e3 * (processor_seconds() - processor) / count);
}

void measure_clicks(const std::string& model) {
  Bench bench(model, 1280, 720);
  bench.open_long_text(model, tokens_wanted);
  bench.draw_until([&] { return bench.workspace().layer(0) != nullptr || bench.done(); });
  const std::int64_t n = bench.workspace().document()->info().count;
  std::vector<double> times;
  double pause = seconds();
  for (int i = 0; i < clicks; ++i) {
    bench.draw_until([&] { return seconds() - pause > 0.15; });
    const double before = seconds();
    bench.workspace().execute(PickToken{(n - 1) * (2 * i + 1) / (2 * clicks)});
    bench.draw_until([&] { return bench.lit(); });  // what a frame finds at its beginning, it shows
    times.push_back(seconds() - before);
    pause = seconds();
  }
  const CaptureStatus status = bench.workspace().capture_status();
  std::printf("click to lit text           p50 %.0f ms, p95 %.0f ms, longest %.0f ms, of %d clicks\n",
              1e3 * percentile(times, 0.5), 1e3 * percentile(times, 0.95), 1e3 * percentile(times, 1), clicks);
  std::printf("layers there at the end     %lld of %lld (%s)\n", static_cast<long long>(status.layers_done),
              static_cast<long long>(status.layers),
              status.stage == CaptureStage::computing ? "still computing" : "all computed");
  const double before = seconds();
  bench.workspace().execute(StopCapture{});
  bench.draw_until([&] { return bench.workspace().capture_status().stage != CaptureStage::computing; });
  std::printf("stop                        %6.0f ms\n", 1e3 * (seconds() - before));
}

// A text of 100,000 tokens: when it can be read, and how long a click takes once it is captured.
void measure_long(const std::string& model) {
  constexpr std::size_t many = 100'000;
  std::string text;
  {
    Bench measure(model, 1280, 720);
    measure.open_long_text(model, many);
    text = measure.workspace().document()->info().text;
  }
  Bench bench(model, 1280, 720);
  const double opened = seconds();
  bench.workspace().open(TextOrder{std::move(text), model, 0}, {});
  bench.draw_until([&] { return bench.workspace().document() != nullptr; });
  bench.draw();
  const std::int64_t n = bench.workspace().document()->info().count;
  std::printf("tokens                      %6lld\n", static_cast<long long>(n));
  std::printf("open to readable            %6.0f ms\n", 1e3 * (seconds() - opened));
  bench.draw_until([&] { return bench.done(); });
  std::printf("captured                    %6.1f s\n", seconds() - opened);
  std::vector<double> times;
  for (int i = 0; i < clicks; ++i) {
    const double before = seconds();
    bench.workspace().execute(PickToken{(n - 1) * (2 * i + 1) / (2 * clicks)});
    bench.draw_until([&] { return bench.lit(); });
    times.push_back(seconds() - before);
  }
  std::printf("click to lit text           p50 %.0f ms, p95 %.0f ms, of %d clicks\n", 1e3 * percentile(times, 0.5),
              1e3 * percentile(times, 0.95), clicks);
}

int run(const std::vector<std::string>& words, double began) {
  const std::string what = words.empty() ? "" : words[0];
  const std::string more = words.size() > 1 ? words[1] : "";
  if (what == "start") {
    measure_start(more.empty() ? "tiny" : more, began);
  } else if (what == "frames") {
    measure_frames(more.empty() ? 10 : std::stod(more));
  } else if (what == "clicks") {
    measure_clicks(more.empty() ? "smollm2" : more);
  } else if (what == "long") {
    measure_long(more.empty() ? "tiny" : more);
  } else {
    std::fprintf(stderr, "window_bench: takes start [MODEL], frames [SECONDS], clicks [MODEL] or long [MODEL]\n");
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace attnscope

int main(int count, char** words) {
  const double began = attnscope::seconds();
  try {
    return attnscope::run({words + 1, words + count}, began);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "window_bench: %s\n", error.what());
    return 1;
  }
}
