// Where each display unit of a document stands when the text is broken into lines of a width. Knows fonts, no panel.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "session/document.h"

namespace attnscope {

// The visible part of a unit: without spaces before it, without line ends. A unit of white space alone has a narrow
// place, so that it can be pointed at.
struct UnitPlace {
  std::uint32_t line = 0;
  float x = 0;                      // from the left edge of the text
  float width = 0;                  // of what is drawn
  std::int64_t begin = 0, end = 0;  // bytes of the document that are drawn
};

struct TextLayout {
  std::vector<UnitPlace> units;          // in the document's order, as Document::units()
  std::vector<std::size_t> line_starts;  // the first unit of each line
  std::int64_t lines() const { return static_cast<std::int64_t>(line_starts.size()); }
  // Units of a line, half open.
  std::pair<std::size_t, std::size_t> line_units(std::int64_t line) const;
};

// Breaks at line ends of the text, before words that do not fit (between characters of scripts without spaces), and
// inside a word that is wider than a line. `measure` gives the width of some bytes of the document; `width` > 0 in its
// unit.
TextLayout lay_out(const Document& document, float width, float space,
                   const std::function<float(std::string_view)>& measure);

}  // namespace attnscope
