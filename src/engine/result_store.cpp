#include "engine/result_store.h"

#include <utility>

namespace attnscope {

void ResultStore::put(const Request& request, std::shared_ptr<const void> result, std::size_t bytes) {
  if (const auto place = places_.find(request); place != places_.end()) {
    used_ -= place->second->bytes;
    entries_.erase(place->second);
    places_.erase(place);
  }
  entries_.push_front({request, std::move(result), bytes, frame_});
  places_.emplace(request, entries_.begin());
  used_ += bytes;
}

std::shared_ptr<const void> ResultStore::want(const Request& request) {
  const auto place = places_.find(request);
  if (place == places_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, place->second);
  place->second->frame = frame_;
  return place->second->result;
}

std::shared_ptr<const void> ResultStore::find(const Request& request) const {
  const auto place = places_.find(request);
  return place == places_.end() ? nullptr : place->second->result;
}

void ResultStore::end_frame() {
  while (used_ > most_ && !entries_.empty() && entries_.back().frame != frame_) {
    used_ -= entries_.back().bytes;
    places_.erase(entries_.back().request);
    entries_.pop_back();
  }
  ++frame_;
}

void ResultStore::clear() {
  entries_.clear();
  places_.clear();
  used_ = 0;
}

}  // namespace attnscope
