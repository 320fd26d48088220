#include "capture/capture.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "core/error.h"

namespace attnscope {

Capture::Capture(CaptureInfo info)
    : info_(std::move(info)), layers_(info_.layers.size()), states_(info_.layers.size(), LayerState::to_be_computed) {
  for (const std::int64_t layer : info_.absent) states_.at(static_cast<std::size_t>(layer)) = LayerState::absent;
}

LayerState Capture::state(std::int64_t layer) const {
  const std::lock_guard lock(mutex_);
  return states_.at(static_cast<std::size_t>(layer));
}

std::shared_ptr<const Layer> Capture::layer(std::int64_t layer) const {
  const std::lock_guard lock(mutex_);
  return layers_.at(static_cast<std::size_t>(layer));
}

std::shared_ptr<const Layer> Capture::wait(std::int64_t layer, std::stop_token stop) const {
  const auto index = static_cast<std::size_t>(layer);
  std::unique_lock lock(mutex_);
  if (states_.at(index) == LayerState::absent) {
    throw InputError("layer " + std::to_string(layer) + " is not in this capture");
  }
  if (!published_.wait(lock, std::move(stop), [&] { return layers_[index] != nullptr; })) throw Stopped();
  return layers_[index];
}

void Capture::publish(std::int64_t layer, std::shared_ptr<const Layer> data, LayerState state) {
  const auto index = static_cast<std::size_t>(layer);
  {
    const std::lock_guard lock(mutex_);
    if (data == nullptr || (state != LayerState::present && state != LayerState::on_disk)) {
      throw std::logic_error("publish: a layer comes with its data, present or on disk");
    }
    if (states_.at(index) != LayerState::to_be_computed) throw std::logic_error("publish: a layer is published once");
    if (data->tokens() != info_.count) throw std::logic_error("publish: the layer is of another context");
    layers_[index] = std::move(data);
    states_[index] = state;
  }
  published_.notify_all();
}

}  // namespace attnscope
