#include "engine/capture_runner.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <fstream>
#include <mutex>
#include <new>
#include <stop_token>
#include <thread>
#include <utility>

#include "capture/capture_file.h"
#include "capture/synthetic.h"
#include "core/error.h"
#include "engine/progress_watch.h"
#include "formats/text_file.h"

namespace attnscope {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double least_elapsed = 0.5;  // seconds before anything is said of the time left
constexpr double least_share = 0.02;   // and the share of the work

// Passes layers on to the capture and tells of each.
class TellingSink final : public LayerSink {
 public:
  TellingSink(Capture& capture, std::atomic<std::int64_t>& done, const std::function<void()>& wake)
      : sink_(capture), done_(done), wake_(wake) {}
  bool wants(std::int64_t layer) const override { return sink_.wants(layer); }
  void take(std::int64_t layer, std::shared_ptr<const Layer> data) override {
    sink_.take(layer, std::move(data));
    ++done_;
    wake_();
  }

 private:
  BudgetSink sink_;
  std::atomic<std::int64_t>& done_;
  const std::function<void()>& wake_;
};

// A safetensors file begins with the length of its header, whose upper bytes are 0; no text has a NUL byte.
bool begins_like_text(const std::filesystem::path& path) {
  std::array<char, sizeof(std::uint64_t)> start{};
  std::ifstream in(path, std::ios::binary);
  return in.read(start.data(), start.size()) && std::find(start.begin(), start.end(), '\0') == start.end();
}

double seconds_since(Clock::time_point then) { return std::chrono::duration<double>(Clock::now() - then).count(); }

}  // namespace

struct CaptureRunner::Impl {
  // One order from its coming to its end; the UI thread reads it while the runner's thread works on it.
  struct Run {
    std::uint64_t number = 0;
    CaptureOrder order;
    std::stop_source stop;
    Progress progress;
    Clock::time_point began = Clock::now();
    std::atomic<std::int64_t> layers_done{0};
    // Guarded by the mutex of Impl.
    CaptureStage stage = CaptureStage::opening;
    Clock::time_point computing_since;
    std::int64_t layers = 0;
    double seconds = 0;
    std::string message;
  };

  Impl(Backend& used_backend, Pool& used_pool, std::vector<ModelPlace> known, std::function<void()> told)
      : backend(used_backend), pool(used_pool), models(std::move(known)), wake(std::move(told)) {
    thread = std::jthread([this](const std::stop_token& ended) { work(ended); });
  }
  ~Impl() {
    const std::lock_guard lock(mutex);
    if (run != nullptr) run->stop.request_stop();
  }

  void work(const std::stop_token& ended);
  void carry_out(const std::shared_ptr<Run>& now);
  void take_text(const std::shared_ptr<Run>& now, std::string text, const std::string& name, std::int64_t first);
  void take_file(const std::shared_ptr<Run>& now, const FileOrder& order);
  void compute(const std::shared_ptr<Run>& now, CaptureSource& source, CaptureInfo info,
               std::shared_ptr<const Model> model);
  void publish(const std::shared_ptr<Run>& now, std::shared_ptr<const Capture> made,
               std::shared_ptr<const Model> model);
  void end(const std::shared_ptr<Run>& now, CaptureStage stage, std::string message);

  Backend& backend;
  Pool& pool;
  const std::vector<ModelPlace> models;
  const std::function<void()> wake;
  std::shared_ptr<Model> open;  // the runner's thread only: the model that was used last, and what it was asked for by
  std::string open_name;

  mutable std::mutex mutex;
  std::condition_variable_any ordered;
  std::shared_ptr<Run> run;  // the newest
  bool waiting = false;      // the newest has not been begun
  std::shared_ptr<const Capture> capture;
  std::shared_ptr<const Model> capture_model;
  std::uint64_t capture_order = 0;
  std::jthread thread;  // the last member: it uses the others
};

void CaptureRunner::Impl::work(const std::stop_token& ended) {
  while (true) {
    std::shared_ptr<Run> now;
    {
      std::unique_lock lock(mutex);
      if (!ordered.wait(lock, ended, [this] { return waiting; })) return;
      waiting = false;
      now = run;
    }
    try {
      carry_out(now);
      end(now, CaptureStage::done, {});
    } catch (const Stopped&) {
      end(now, CaptureStage::stopped, {});
    } catch (const std::bad_alloc&) {
      end(now, CaptureStage::failed, "not enough memory for this capture");
    } catch (const std::exception& error) {
      end(now, CaptureStage::failed, error.what());
    }
  }
}

void CaptureRunner::Impl::carry_out(const std::shared_ptr<Run>& now) {
  if (now->stop.stop_requested()) throw Stopped();
  if (const auto* text = std::get_if<TextOrder>(&now->order)) {
    take_text(now, text->text, text->model, text->first);
  } else if (const auto* file = std::get_if<FileOrder>(&now->order)) {
    take_file(now, *file);
  } else {
    SyntheticSource source(std::get<SyntheticOrder>(now->order).tokens);
    compute(now, source, source.describe({}), nullptr);
  }
}

void CaptureRunner::Impl::take_file(const std::shared_ptr<Run>& now, const FileOrder& order) {
  try {
    const std::shared_ptr<Capture> stored = open_capture(order.path);
    {
      const std::lock_guard lock(mutex);
      now->layers = stored->layer_count();
    }
    now->layers_done = stored->layer_count() - std::ssize(stored->info().absent);
    return publish(now, stored, nullptr);
  } catch (const NotThisFormat&) {
    // A weights file is no text either: what it lacks as a capture is the better message.
    if (order.path.extension() == ".safetensors") throw;
  } catch (const BrokenFile&) {
    // What passes for a capture may be a text that happens to have a brace in the right place.
    if (order.path.extension() == ".safetensors" || !begins_like_text(order.path)) throw;
  }
  take_text(now, read_text_file(order.path, now->stop.get_token()), order.model, order.first);
}

void CaptureRunner::Impl::take_text(const std::shared_ptr<Run>& now, std::string text, const std::string& name,
                                    std::int64_t first) {
  if (open == nullptr || open_name != name) {
    open.reset();  // two models at once may be more than there is memory for
    open = open_model(name, models, backend);
    open_name = name;
  }
  if (now->stop.stop_requested()) throw Stopped();
  ModelOptions how;
  how.slice = ContextSlice{0, 1};  // how long the text is in tokens comes first
  CaptureInfo info = open->describe(std::move(text), how);
  const auto total = std::ssize(info.tokens);
  if (first < 0 || first >= total) {
    throw InputError("token " + std::to_string(first) + ": the text has tokens 0 to " + std::to_string(total - 1));
  }
  info.first = first;
  info.count = std::min(open->info().context, total - first);
  compute(now, *open, std::move(info), open);
}

void CaptureRunner::Impl::compute(const std::shared_ptr<Run>& now, CaptureSource& source, CaptureInfo info,
                                  std::shared_ptr<const Model> model) {
  const auto made = std::make_shared<Capture>(std::move(info));
  {
    const std::lock_guard lock(mutex);
    now->stage = CaptureStage::computing;
    now->computing_since = Clock::now();
    now->layers = made->layer_count();
  }
  publish(now, made, std::move(model));
  TellingSink sink(*made, now->layers_done, wake);
  const ProgressWatch watch(now->progress, wake);
  source.compute(made->info(), sink, Job{pool, Priority::background, now->stop.get_token(), &now->progress});
}

void CaptureRunner::Impl::publish(const std::shared_ptr<Run>& now, std::shared_ptr<const Capture> made,
                                  std::shared_ptr<const Model> model) {
  if (now->stop.stop_requested()) throw Stopped();
  {
    const std::lock_guard lock(mutex);
    capture = std::move(made);
    capture_model = std::move(model);
    capture_order = now->number;
  }
  wake();
}

void CaptureRunner::Impl::end(const std::shared_ptr<Run>& now, CaptureStage stage, std::string message) {
  {
    const std::lock_guard lock(mutex);
    now->stage = stage;
    now->message = std::move(message);
    now->seconds = seconds_since(now->began);
  }
  wake();
}

CaptureRunner::CaptureRunner(Backend& backend, Pool& pool, std::vector<ModelPlace> models, std::function<void()> wake)
    : impl_(std::make_unique<Impl>(backend, pool, std::move(models), std::move(wake))) {}

CaptureRunner::~CaptureRunner() = default;

std::uint64_t CaptureRunner::start(CaptureOrder order) {
  const auto next = std::make_shared<Impl::Run>();
  next->order = std::move(order);
  const std::lock_guard lock(impl_->mutex);
  next->number = impl_->run == nullptr ? 1 : impl_->run->number + 1;
  if (impl_->run != nullptr) impl_->run->stop.request_stop();
  impl_->run = next;
  impl_->waiting = true;
  impl_->ordered.notify_all();
  return next->number;
}

void CaptureRunner::stop() {
  const std::lock_guard lock(impl_->mutex);
  if (impl_->run != nullptr) impl_->run->stop.request_stop();
}

CaptureStatus CaptureRunner::status() const {
  const std::lock_guard lock(impl_->mutex);
  CaptureStatus status;
  if (impl_->run == nullptr) return status;
  const Impl::Run& run = *impl_->run;
  status.stage = run.stage;
  status.order = run.number;
  status.layers = run.layers;
  status.layers_done = run.layers_done;
  status.message = run.message;
  const bool running = run.stage == CaptureStage::opening || run.stage == CaptureStage::computing;
  status.seconds = running ? seconds_since(run.began) : run.seconds;
  status.share = run.stage == CaptureStage::done ? 1.0 : run.progress.share();
  if (run.stage == CaptureStage::computing && status.share >= least_share) {
    const double elapsed = seconds_since(run.computing_since);
    if (elapsed >= least_elapsed) status.seconds_left = elapsed * (1 - status.share) / status.share;
  }
  return status;
}

std::shared_ptr<const Capture> CaptureRunner::capture() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->capture;
}

std::uint64_t CaptureRunner::capture_order() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->capture_order;
}

std::shared_ptr<const Model> CaptureRunner::model() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->capture_model;
}

}  // namespace attnscope
