#include "engine/engine.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "engine/result_store.h"
#include "engine/work_board.h"
#include "engine/workers.h"

namespace attnscope {
namespace {

// ".04 ms", "3.1 ms", "120 ms".
std::string milliseconds(double seconds) {
  const double ms = seconds * 1e3;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f ms", ms < 0.995 ? 2 : ms < 9.95 ? 1 : 0, ms);
  const std::string_view digits = text.data();
  return std::string(digits.starts_with("0.") ? digits.substr(1) : digits);
}

// Ids of contexts, copied once for all requests that need them.
class TokenCopies {
 public:
  TokenIds copy_of(std::span<const std::int32_t> tokens) {
    if (tokens.empty()) return nullptr;
    // Hundreds of heads of a long text want the same ids: they are compared once a frame, not once a head.
    if (tokens.data() == seen_.data() && tokens.size() == seen_.size()) return last_;
    if (last_ == nullptr || !std::equal(tokens.begin(), tokens.end(), last_->begin(), last_->end())) {
      last_ = std::make_shared<const std::vector<std::int32_t>>(tokens.begin(), tokens.end());
    }
    seen_ = tokens;
    return last_;
  }
  // What has been seen may live no longer.
  void end_frame() { seen_ = {}; }

 private:
  TokenIds last_;
  std::span<const std::int32_t> seen_;  // of this frame
};

}  // namespace

struct Engine::Impl {
  Impl(Backend& used_backend, Pool& pool, std::function<void()> wake, EngineOptions options)
      : backend(used_backend), store(options.result_bytes), workers(used_backend, pool, board, std::move(wake)) {}

  void take_over(Finished finished);
  void want(const std::shared_ptr<const Layer>& layer, const Request& request, Urgency urgency,
            std::span<const std::int32_t> ids);
  void hand_over();

  Backend& backend;
  ResultStore store;
  std::vector<Want> wants;                            // of this frame, without what is there
  std::vector<std::span<const std::int32_t>> tokens;  // of each want
  std::unordered_map<Request, std::size_t> places;    // of each want in the list
  TokenCopies copies;
  bool busy = false;
  std::unordered_set<Request> failed;
  std::string failure;
  std::array<std::optional<double>, std::variant_size_v<Request>> seconds;  // of the latest result, by kind
  WorkBoard board;
  Workers workers;  // the last member: its threads use the others
};

void Engine::Impl::take_over(Finished finished) {
  if (finished.result == nullptr) {
    failure = std::move(finished.failure);
    failed.insert(finished.request);
    return;
  }
  failure.clear();
  seconds.at(finished.request.index()) = finished.seconds;
  store.put(finished.request, std::move(finished.result), finished.bytes);
}

void Engine::Impl::want(const std::shared_ptr<const Layer>& layer, const Request& request, Urgency urgency,
                        std::span<const std::int32_t> ids) {
  const auto [place, is_new] = places.try_emplace(request, wants.size());
  if (is_new) {
    wants.push_back({request, layer, urgency, nullptr});
    tokens.push_back(ids);
  } else {
    Want& before = wants[place->second];
    before.urgency = std::min(before.urgency, urgency);
  }
}

void Engine::Impl::hand_over() {
  for (std::size_t i = 0; i < wants.size(); ++i) wants[i].tokens = copies.copy_of(tokens[i]);
  copies.end_frame();
  busy = !wants.empty();
  board.set_wants(std::exchange(wants, {}));
  tokens.clear();
  places.clear();
  store.end_frame();
}

Engine::Engine(Backend& backend, Pool& pool, std::function<void()> wake, EngineOptions options)
    : impl_(std::make_unique<Impl>(backend, pool, std::move(wake), options)) {}

Engine::~Engine() = default;

void Engine::begin_frame() {
  for (Finished& finished : impl_->board.take_finished()) impl_->take_over(std::move(finished));
}

void Engine::end_frame() { impl_->hand_over(); }

std::shared_ptr<const void> Engine::want_any(const std::shared_ptr<const Layer>& layer, const Request& request,
                                             Urgency urgency, std::span<const std::int32_t> tokens) {
  if (auto result = impl_->store.want(request)) return result;
  if (!impl_->failed.contains(request)) impl_->want(layer, request, urgency, tokens);
  return nullptr;
}

std::shared_ptr<const void> Engine::find_any(const Request& request) const { return impl_->store.find(request); }

bool Engine::busy() const { return impl_->busy; }

std::optional<double> Engine::progress() const { return impl_->board.progress(); }

const std::string& Engine::failure() const { return impl_->failure; }

void Engine::forget_failure() { impl_->failure.clear(); }

std::string Engine::last_times() const {
  std::string text;
  for (std::size_t kind = 0; kind < impl_->seconds.size(); ++kind) {
    const std::optional<double> seconds = impl_->seconds.at(kind);
    if (!seconds) continue;
    text += (text.empty() ? "" : ", ") + std::string(kind_name(kind)) + " " + milliseconds(*seconds);
  }
  return text;
}

std::optional<double> Engine::last_seconds_of(std::size_t kind) const { return impl_->seconds.at(kind); }

std::string_view Engine::backend_name() const { return impl_->backend.name(); }

std::string Engine::fallback() const { return impl_->backend.fallback(); }

std::optional<double> Engine::last_device_seconds() const { return impl_->backend.last_device_seconds(); }

void Engine::clear() {
  impl_->store.clear();
  impl_->failed.clear();
  impl_->backend.forget_layers();
}

}  // namespace attnscope
