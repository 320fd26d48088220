// Answers requests about layers while the window draws: the UI thread says each frame what it wants to show, workers
// compute it, most urgent first, and what is no longer wanted is dropped. All calls are of one thread, the UI's; none
// of them waits for a worker. Captures are made in capture_runner.h.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "attention/ops.h"
#include "capture/layer.h"
#include "core/jobs.h"
#include "engine/requests.h"

namespace attnscope {

// In the order in which they are computed.
enum class Urgency : std::uint8_t {
  answer,   // what a click asked for
  visible,  // what is on screen and can be shown coarser until then
  refine,   // the rest: thumbnails, profiles, arcs of everyone
};

struct EngineOptions {
  std::size_t result_bytes = std::size_t{256} << 20U;  // of results kept; the ones wanted longest ago go first
};

class Engine {
 public:
  // `backend`, which takes every head (attention/fallback.h), and `pool` must outlive the engine. `wake` is called from
  // workers when a result is there.
  Engine(Backend& backend, Pool& pool, std::function<void()> wake, EngineOptions options = {});
  ~Engine();  // stops what runs
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // A frame: results that came in are taken over, and wants are collected until end_frame() hands them to the workers.
  // What was wanted in the last frame and is not in this one is dropped: queued work at once, running work by its stop
  // token, unless more than half of it is done.
  void begin_frame();
  // The result, or null while it is not there; asking is wanting. `tokens` are the ids of the context, for requests
  // that need them (ProfileRequest); they must live until end_frame().
  template <typename R>
  std::shared_ptr<const typename R::Result> want(const std::shared_ptr<const Layer>& layer, const R& request,
                                                 Urgency urgency, std::span<const std::int32_t> tokens = {}) {
    return std::static_pointer_cast<const typename R::Result>(want_any(layer, request, urgency, tokens));
  }
  // The result if it is there; does not want it.
  template <typename R>
  std::shared_ptr<const typename R::Result> find(const R& request) const {
    return std::static_pointer_cast<const typename R::Result>(find_any(request));
  }
  void end_frame();

  // Whether something of the last frame was not there: still to be computed, or to be taken over by begin_frame().
  bool busy() const;
  // Share done, 0 to 1, of the request that has run longest; none where nothing runs.
  std::optional<double> progress() const;
  // Why the last failed request failed, until another one succeeds; empty: nothing failed. A failed request is not
  // tried again.
  const std::string& failure() const;
  // The person has read it.
  void forget_failure();
  // How long the latest result of each kind took: "row .04 ms, tile 3.1 ms", for the status bar; empty before there is
  // one.
  std::string last_times() const;
  // The same of one kind in seconds; none before there is a result.
  template <typename R>
  std::optional<double> last_seconds() const {
    return last_seconds_of(Request(R{}).index());
  }
  // What computes: "cpu avx512"; where another had to, which and why; what the last op took on the device, if there is
  // one. See Backend.
  std::string_view backend_name() const;
  std::string fallback() const;
  std::optional<double> last_device_seconds() const;
  // Forgets every result, and the device its copies of layers (a new capture's layers have new ids, so this only frees
  // memory).
  void clear();

 private:
  std::shared_ptr<const void> want_any(const std::shared_ptr<const Layer>& layer, const Request& request,
                                       Urgency urgency, std::span<const std::int32_t> tokens);
  std::shared_ptr<const void> find_any(const Request& request) const;
  std::optional<double> last_seconds_of(std::size_t kind) const;

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace attnscope
