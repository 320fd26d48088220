// Undo and redo of views.
#pragma once
#include <deque>
#include <optional>
#include <vector>

#include "session/view.h"

namespace attnscope {

class History {
 public:
  // The view that was there before a change at `seconds` of the clock. Map moves that follow each other within half a
  // second are one step.
  void remember(const View& before, bool map_move, double seconds);
  // The view to go to from `now`; none where there is no further one.
  std::optional<View> undo(const View& now);
  std::optional<View> redo(const View& now);
  bool can_undo() const { return !past_.empty(); }
  bool can_redo() const { return !future_.empty(); }
  // A new document: its views have nothing to do with the old one's.
  void clear();

 private:
  std::deque<View> past_;
  std::vector<View> future_;
  std::optional<double> last_map_move_;
};

}  // namespace attnscope
