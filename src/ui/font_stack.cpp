#include "ui/font_stack.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/error.h"

namespace attnscope {
namespace {

struct Range {
  char32_t first, last;
};

// Emoji_Presentation of Unicode 15 (emoji-data.txt) below U+10000; above, all that the emoji font has.
constexpr std::array emoji{
    Range{0x231A, 0x231B}, Range{0x23E9, 0x23EC}, Range{0x23F0, 0x23F0}, Range{0x23F3, 0x23F3},  Range{0x25FD, 0x25FE},
    Range{0x2614, 0x2615}, Range{0x2648, 0x2653}, Range{0x267F, 0x267F}, Range{0x2693, 0x2693},  Range{0x26A1, 0x26A1},
    Range{0x26AA, 0x26AB}, Range{0x26BD, 0x26BE}, Range{0x26C4, 0x26C5}, Range{0x26CE, 0x26CE},  Range{0x26D4, 0x26D4},
    Range{0x26EA, 0x26EA}, Range{0x26F2, 0x26F3}, Range{0x26F5, 0x26F5}, Range{0x26FA, 0x26FA},  Range{0x26FD, 0x26FD},
    Range{0x2705, 0x2705}, Range{0x270A, 0x270B}, Range{0x2728, 0x2728}, Range{0x274C, 0x274C},  Range{0x274E, 0x274E},
    Range{0x2753, 0x2755}, Range{0x2757, 0x2757}, Range{0x2795, 0x2797}, Range{0x27B0, 0x27B0},  Range{0x27BF, 0x27BF},
    Range{0x2B1B, 0x2B1C}, Range{0x2B50, 0x2B50}, Range{0x2B55, 0x2B55}, Range{0x1F000, 0x1FAFF}};

// Default_Ignorable_Code_Point of Unicode 15 (DerivedCoreProperties.txt), without the Hangul fillers, which have a
// width.
constexpr std::array ignorable{Range{0x00AD, 0x00AD},   Range{0x034F, 0x034F},  Range{0x061C, 0x061C},
                               Range{0x17B4, 0x17B5},   Range{0x180B, 0x180F},  Range{0x200B, 0x200F},
                               Range{0x202A, 0x202E},   Range{0x2060, 0x206F},  Range{0xFE00, 0xFE0F},
                               Range{0xFEFF, 0xFEFF},   Range{0xFFF0, 0xFFF8},  Range{0x1BCA0, 0x1BCA3},
                               Range{0x1D173, 0x1D17A}, Range{0xE0000, 0xE0FFF}};

template <std::size_t count>
bool within(const std::array<Range, count>& ranges, char32_t code_point) {
  const auto* after = std::upper_bound(ranges.begin(), ranges.end(), code_point,
                                       [](char32_t value, const Range& range) { return value < range.first; });
  return after != ranges.begin() && code_point <= std::prev(after)->last;
}

// The paths of the names that are there, in order.
std::vector<std::filesystem::path> paths(const FontFiles& files, const std::vector<std::string>& names) {
  std::vector<std::filesystem::path> found;
  for (const std::string& name : names) {
    if (const auto file = files.find(name); file != files.end()) found.push_back(file->second);
  }
  return found;
}

// Regular faces of Noto whose names begin so, by name.
std::vector<std::string> regular_faces(const FontFiles& files, const std::string& beginning) {
  std::vector<std::string> names;
  for (auto file = files.lower_bound(beginning); file != files.end() && file->first.starts_with(beginning); ++file) {
    if (file->first.find("-Regular.") != std::string::npos) names.push_back(file->first);
  }
  return names;
}

std::vector<std::filesystem::path> first_path(const FontFiles& files, const std::vector<std::string>& names) {
  auto found = paths(files, names);
  if (found.size() > 1) found.resize(1);
  return found;
}

constexpr const char* emoji_font = "NotoColorEmoji.ttf";

}  // namespace

FontList::FontList(FreeTypeLibrary library, std::vector<std::filesystem::path> files) : library_(std::move(library)) {
  faces_.reserve(files.size());
  for (std::filesystem::path& file : files) faces_.push_back({std::move(file), std::nullopt, false});
}

FontFace* FontList::open(Entry& entry) {
  if (!entry.face && !entry.broken) {
    try {
      entry.face.emplace(library_, entry.file);
    } catch (const InputError&) {
      entry.broken = true;
    }
  }
  return entry.face ? &*entry.face : nullptr;
}

FontFace* FontList::find(char32_t code_point) {
  for (Entry& entry : faces_) {
    if (FontFace* face = open(entry); face != nullptr && face->has(code_point)) return face;
  }
  return nullptr;
}

FallbackFonts find_fallbacks(const FreeTypeLibrary& library, const FontFiles& files) {
  // Fonts for symbols before those for Han, which have some too, twice as wide; DejaVu late, as others suit Inter more.
  std::vector<std::string> names{"NotoSans-Regular.ttf",        "NotoSansMath-Regular.ttf",
                                 "NotoSansSymbols-Regular.ttf", "NotoSansSymbols2-Regular.ttf",
                                 "NotoSansCJK-Regular.ttc",     "wqy-microhei.ttc"};
  const auto add = [&names](const std::vector<std::string>& more) {
    for (const std::string& name : more) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  };
  add(regular_faces(files, "NotoSans"));
  add({"DejaVuSans.ttf"});
  add(regular_faces(files, "NotoSerif"));
  add(regular_faces(files, "Noto"));
  add({emoji_font});
  return {FontList(library, paths(files, {emoji_font})), FontList(library, paths(files, names))};
}

FontStack::FontStack(const FreeTypeLibrary& library, const FontFiles& files, const std::vector<std::string>& names,
                     FallbackFonts& fallbacks)
    : chosen_(library, first_path(files, names)), fallbacks_(fallbacks) {}

FontFace* FontStack::find(char32_t code_point) {
  if (within(emoji, code_point)) {
    if (FontFace* face = fallbacks_.emoji.find(code_point); face != nullptr) return face;
  }
  FontFace* face = chosen_.find(code_point);
  return face != nullptr ? face : fallbacks_.others.find(code_point);
}

bool draws_nothing(char32_t code_point) { return within(ignorable, code_point); }

}  // namespace attnscope
