// Turns texts, capture files and made-up tokens into captures in a thread of its own, one at a time: the capture is
// there as soon as the text is tokenised, its layers appear as they are computed. All calls are of the UI thread; none
// of them waits.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "attention/ops.h"
#include "capture/budget_sink.h"
#include "capture/capture.h"
#include "core/jobs.h"
#include "models/model.h"

namespace attnscope {

struct TextOrder {
  std::string text;
  std::string model;       // as open_model() takes it
  std::int64_t first = 0;  // the token at which the context begins; it holds as many as the model and the text allow
};
// A file that a person opened: a capture where it is one (by its content), else a text for `model`, read as the command
// line reads texts (a NUL byte, an empty file and a folder are refused).
struct FileOrder {
  std::filesystem::path path;
  std::string model;
  std::int64_t first = 0;
};
struct SyntheticOrder {
  std::int64_t tokens = 0;
};
using CaptureOrder = std::variant<TextOrder, FileOrder, SyntheticOrder>;

enum class CaptureStage : std::uint8_t { idle, opening, computing, done, stopped, failed };

struct CaptureStatus {
  CaptureStage stage = CaptureStage::idle;
  std::uint64_t order = 0;       // of the order that this is about, 1 for the first
  std::int64_t layers_done = 0;  // published so far
  std::int64_t layers = 0;
  double share = 0;                    // of the work, 0 to 1
  double seconds = 0;                  // since the order, or that it took
  std::optional<double> seconds_left;  // once there is enough to tell
  std::string message;                 // why it failed
};

class CaptureRunner {
 public:
  // `backend` and `pool` must outlive it. `wake` is called from threads of its own when the stage changes, a layer is
  // there, or progress has moved by a hundredth.
  CaptureRunner(Backend& backend, Pool& pool, std::vector<ModelPlace> models, std::function<void()> wake);
  ~CaptureRunner();
  CaptureRunner(const CaptureRunner&) = delete;
  CaptureRunner& operator=(const CaptureRunner&) = delete;

  // Gives up what runs and begins this; the last capture stays what it is. Models stay open for the next order of the
  // same one. Returns the order's number.
  std::uint64_t start(CaptureOrder order);
  // Stops computing; layers that are there stay.
  void stop();

  CaptureStatus status() const;
  // The newest capture, null before there is one: never of an order older than one seen before. An order that fails or
  // is stopped before its text is tokenised leaves the one before.
  std::shared_ptr<const Capture> capture() const;
  std::uint64_t capture_order() const;  // of capture()
  // The bytes of a token of the capture's model, and what the model is, where capture() came from a model; else null.
  std::shared_ptr<const Model> model() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace attnscope
