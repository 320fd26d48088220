// From the bytes of a changed text back to the bytes of the text it was made from. Knows nothing of why it changed.
#pragma once
#include <algorithm>
#include <cstddef>
#include <iterator>
#include <vector>

namespace attnscope {

// A list of replaced stretches in increasing order; everything between two of them is the same on both sides. A place
// inside a replaced stretch stands for the whole stretch: its begin as a begin, its end as an end.
class OffsetMap {
 public:
  // Changed bytes [changed_begin, changed_end) stand for bytes [source_begin, source_end) of the source.
  void add(std::size_t changed_begin, std::size_t changed_end, std::size_t source_begin, std::size_t source_end) {
    stretches_.push_back({changed_begin, changed_end, source_begin, source_end});
  }
  bool identity() const { return stretches_.empty(); }

  // Source byte at which a span begins that begins at changed byte `at`.
  std::size_t begin(std::size_t at) const {
    const Stretch* last = last_from(at);
    if (last == nullptr) return at;
    return at < last->changed_end ? last->source_begin : last->source_end + (at - last->changed_end);
  }
  // Source byte at which a span ends that ends at changed byte `at` and is not empty.
  std::size_t end(std::size_t at) const {
    if (at == 0) return 0;
    const Stretch* last = last_from(at - 1);
    if (last == nullptr) return at;
    return at <= last->changed_end ? last->source_end : last->source_end + (at - last->changed_end);
  }

 private:
  struct Stretch {
    std::size_t changed_begin, changed_end, source_begin, source_end;
  };
  // The last stretch that begins at or before `at`.
  const Stretch* last_from(std::size_t at) const {
    const auto after = std::upper_bound(stretches_.begin(), stretches_.end(), at,
                                        [](std::size_t place, const Stretch& s) { return place < s.changed_begin; });
    return after == stretches_.begin() ? nullptr : &*std::prev(after);
  }
  std::vector<Stretch> stretches_;
};

}  // namespace attnscope
