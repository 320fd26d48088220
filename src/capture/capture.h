// What is captured of one text: the document, its tokens and the layers as they become present.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "capture/layer.h"
#include "core/jobs.h"
#include "text/token.h"

namespace attnscope {

// absent: not part of this capture and never will be (a file of some layers).
enum class LayerState : std::uint8_t { to_be_computed, present, on_disk, absent };

// What is known before any layer is computed.
struct CaptureInfo {
  std::string model;          // name, or "synthetic"
  std::string text;           // the whole document, raw bytes
  std::vector<Token> tokens;  // of the whole document
  std::int64_t first = 0;     // the context: tokens [first, first + count) went through the model
  std::int64_t count = 0;
  std::vector<LayerSpec> layers;     // of the whole model; nothing is known of those that a file leaves out
  std::vector<std::string> notes;    // what readers of the numbers must know: "synthetic", "beyond trained length"
  std::vector<std::int64_t> absent;  // layers that this capture leaves out, ascending
};

// Layers are published once, by a worker, and read by anyone. Safe for use from several threads.
class Capture {
 public:
  explicit Capture(CaptureInfo info);

  const CaptureInfo& info() const { return info_; }
  std::int64_t layer_count() const { return static_cast<std::int64_t>(info_.layers.size()); }
  LayerState state(std::int64_t layer) const;
  // The layer, or null while it is to be computed and where it is absent.
  std::shared_ptr<const Layer> layer(std::int64_t layer) const;
  // Waits until the layer is there; throws Stopped where the stop comes first, InputError for an absent layer.
  std::shared_ptr<const Layer> wait(std::int64_t layer, std::stop_token stop) const;
  // `state` is present or on_disk. A layer of info().count tokens, published once; anything else is a logic_error.
  void publish(std::int64_t layer, std::shared_ptr<const Layer> data, LayerState state = LayerState::present);

 private:
  CaptureInfo info_;
  mutable std::mutex mutex_;
  mutable std::condition_variable_any published_;
  std::vector<std::shared_ptr<const Layer>> layers_;
  std::vector<LayerState> states_;
};

// Takes layers as they are computed, in any order of layers; called from one thread at a time.
class LayerSink {
 public:
  virtual ~LayerSink() = default;
  // Whether this layer is wanted at all (a capture of some layers still has to run those below).
  virtual bool wants(std::int64_t layer) const = 0;
  virtual void take(std::int64_t layer, std::shared_ptr<const Layer> data) = 0;
};

// Something that turns a text into a capture: a model, a file, a synthetic pattern.
class CaptureSource {
 public:
  virtual ~CaptureSource() = default;
  // Tokenises; fast. Throws InputError where the text cannot be captured as asked.
  virtual CaptureInfo describe(std::string text) = 0;
  // Computes the wanted layers of `info` and hands each on as soon as it is done. Long; see Job.
  virtual void compute(const CaptureInfo& info, LayerSink& sink, const Job& job) = 0;
};

}  // namespace attnscope
