#include "ui/text_layout.h"

#include <algorithm>
#include <utility>

#include "text/utf8.h"

namespace attnscope {
namespace {

constexpr char32_t first_ideographic = 0x2E80;  // CJK radicals: from here on lines break between characters
constexpr char32_t last_ideographic = 0xFAFF;   // (Hangul and compatibility ideographs included)

// What a unit brings to a line, in this order: line ends before, spaces, something to draw, line ends after.
struct UnitParts {
  int breaks_before = 0;
  int spaces = 0;
  std::size_t begin = 0, end = 0;  // of what is drawn, in the unit's bytes
  int breaks_after = 0;
};

UnitParts parts_of(std::string_view text) {
  UnitParts parts;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '\n') {
      ++parts.breaks_before;
      parts.spaces = 0;
    } else if (text[at] == ' ') {
      ++parts.spaces;
    } else if (text[at] == '\t') {
      parts.spaces += 4;
    } else if (text[at] != '\r') {
      break;
    }
  }
  parts.begin = at;
  parts.end = text.size();
  while (parts.end > parts.begin && (text[parts.end - 1] == '\n' || text[parts.end - 1] == '\r')) {
    if (text[--parts.end] == '\n') ++parts.breaks_after;
  }
  return parts;
}

bool breaks_anywhere(std::string_view text) {
  if (text.empty()) return false;
  const char32_t c = decode_utf8(text, 0).code_point;
  return c >= first_ideographic && c <= last_ideographic;
}

class Breaker {
 public:
  Breaker(const Document& document, float width, float space, const std::function<float(std::string_view)>& measure)
      : document_(document), width_(width), space_(space), measure_(measure) {
    layout_.units.reserve(document.units().size());
    layout_.line_starts.push_back(0);
  }

  TextLayout run() {
    for (const Unit& unit : document_.units()) add(unit);
    return std::move(layout_);
  }

 private:
  void new_line(std::size_t first_unit) {
    layout_.line_starts.push_back(first_unit);
    x_ = 0;
    word_ = first_unit;
  }

  // Moves the units since the last place to break to a line of their own.
  void wrap(std::size_t unit) {
    const std::size_t word = word_;
    if (word == layout_.line_starts.back()) return new_line(unit);  // the word fills the line: break inside it
    const float shift = layout_.units.size() > word ? layout_.units[word].x : x_;
    const float x = x_ - shift;
    new_line(word);
    for (std::size_t moved = word; moved < layout_.units.size(); ++moved) {
      layout_.units[moved].x -= shift;
      ++layout_.units[moved].line;
    }
    x_ = x;
  }

  void add(const Unit& unit) {
    const std::string_view all = document_.info().text;
    const std::string_view text =
        all.substr(static_cast<std::size_t>(unit.begin), static_cast<std::size_t>(unit.end - unit.begin));
    const UnitParts parts = parts_of(text);
    const std::size_t index = layout_.units.size();
    const std::string_view drawn = text.substr(parts.begin, parts.end - parts.begin);
    // A unit of line ends alone stands at the end of its line, where it can be pointed at.
    const bool only_space = drawn.empty();
    if (only_space) {
      place(unit, parts, static_cast<float>(std::max(1, parts.spaces)) * space_);
      for (int i = 0; i < parts.breaks_before; ++i) new_line(index + 1);
      if (parts.breaks_before == 0) word_ = index + 1;
      return;
    }
    for (int i = 0; i < parts.breaks_before; ++i) new_line(index);
    if (parts.spaces > 0 || breaks_anywhere(drawn)) word_ = index;
    x_ += static_cast<float>(parts.spaces) * space_;
    const float w = measure_(drawn);
    if (x_ + w > width_ && index > layout_.line_starts.back()) {
      if (word_ == index) x_ = 0;
      wrap(index);
    }
    place(unit, parts, w);
    for (int i = 0; i < parts.breaks_after; ++i) new_line(index + 1);
  }

  void place(const Unit& unit, const UnitParts& parts, float w) {
    const auto line = static_cast<std::uint32_t>(layout_.line_starts.size() - 1);
    layout_.units.push_back({line, x_, w, unit.begin + static_cast<std::int64_t>(parts.begin),
                             unit.begin + static_cast<std::int64_t>(parts.end)});
    x_ += w;
  }

  const Document& document_;
  float width_, space_;
  const std::function<float(std::string_view)>& measure_;
  TextLayout layout_;
  float x_ = 0;
  std::size_t word_ = 0;  // the first unit since the last place to break
};

}  // namespace

std::pair<std::size_t, std::size_t> TextLayout::line_units(std::int64_t line) const {
  const auto l = static_cast<std::size_t>(line);
  return {line_starts[l], l + 1 < line_starts.size() ? line_starts[l + 1] : units.size()};
}

TextLayout lay_out(const Document& document, float width, float space,
                   const std::function<float(std::string_view)>& measure) {
  return Breaker(document, width, space, measure).run();
}

}  // namespace attnscope
