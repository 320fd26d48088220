#include "session/history.h"

namespace attnscope {
namespace {

constexpr std::size_t most_steps = 200;
constexpr double one_gesture = 0.5;  // seconds

}  // namespace

void History::remember(const View& before, bool map_move, double seconds) {
  const bool same_gesture = map_move && last_map_move_ && seconds - *last_map_move_ < one_gesture;
  last_map_move_ = map_move ? std::optional(seconds) : std::nullopt;
  if (same_gesture) return;
  future_.clear();
  past_.push_back(before);
  if (past_.size() > most_steps) past_.pop_front();
}

std::optional<View> History::undo(const View& now) {
  if (past_.empty()) return std::nullopt;
  const View view = past_.back();
  past_.pop_back();
  future_.push_back(now);
  last_map_move_.reset();
  return view;
}

std::optional<View> History::redo(const View& now) {
  if (future_.empty()) return std::nullopt;
  const View view = future_.back();
  future_.pop_back();
  past_.push_back(now);
  last_map_move_.reset();
  return view;
}

void History::clear() {
  past_.clear();
  future_.clear();
  last_map_move_.reset();
}

}  // namespace attnscope
