#include <algorithm>
#include <array>
#include <utility>

#include "text/pattern_syntax.h"

namespace attnscope {
namespace {

using Names = std::pair<std::string_view, std::string_view>;

// Names of general categories and of POSIX brackets, as Oniguruma compares them, and PCRE2's.
constexpr std::array<Names, 57> categories = {{
    {"any", "Any"},
    {"alpha", "Alphabetic"},
    {"digit", "Nd"},
    {"lower", "Lowercase"},
    {"upper", "Uppercase"},
    {"space", "White_Space"},
    {"punct", "P"},
    {"cntrl", "Cc"},
    {"xdigit", "ASCII_Hex_Digit"},
    {"ascii", "ASCII"},
    {"other", "C"},
    {"control", "Cc"},
    {"format", "Cf"},
    {"unassigned", "Cn"},
    {"privateuse", "Co"},
    {"surrogate", "Cs"},
    {"letter", "L"},
    {"casedletter", "L&"},
    {"lc", "L&"},
    {"lowercaseletter", "Ll"},
    {"modifierletter", "Lm"},
    {"otherletter", "Lo"},
    {"titlecaseletter", "Lt"},
    {"uppercaseletter", "Lu"},
    {"mark", "M"},
    {"combiningmark", "M"},
    {"spacingmark", "Mc"},
    {"enclosingmark", "Me"},
    {"nonspacingmark", "Mn"},
    {"number", "N"},
    {"decimalnumber", "Nd"},
    {"letternumber", "Nl"},
    {"othernumber", "No"},
    {"punctuation", "P"},
    {"connectorpunctuation", "Pc"},
    {"dashpunctuation", "Pd"},
    {"closepunctuation", "Pe"},
    {"finalpunctuation", "Pf"},
    {"initialpunctuation", "Pi"},
    {"otherpunctuation", "Po"},
    {"openpunctuation", "Ps"},
    {"symbol", "S"},
    {"currencysymbol", "Sc"},
    {"modifiersymbol", "Sk"},
    {"mathsymbol", "Sm"},
    {"othersymbol", "So"},
    {"separator", "Z"},
    {"lineseparator", "Zl"},
    {"paragraphseparator", "Zp"},
    {"spaceseparator", "Zs"},
    {"assigned", "^Cn"},
    {"whitespace", "White_Space"},
    {"emoji", "Emoji"},
    {"emojipresentation", "Emoji_Presentation"},
    {"extendedpictographic", "Extended_Pictographic"},
    {"alphabetic", "Alphabetic"},
    {"ideographic", "Ideographic"},
}};

// Oniguruma ignores case, spaces, hyphens and underscores in names.
std::string compared(std::string_view name) {
  std::string result;
  for (const char c : name) {
    if (c == ' ' || c == '-' || c == '_') continue;
    result += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return result;
}

bool short_category(std::string_view name) {
  if (name.empty() || name.size() > 2) return false;
  constexpr std::array<std::string_view, 7> second = {"cfnos", "lmotu", "cen", "dlo", "cdefios", "ckmo", "lps"};
  const std::size_t major = std::string_view("clmnpsz").find(name[0]);
  return major != std::string_view::npos &&
         (name.size() == 1 || second.at(major).find(name[1]) != std::string_view::npos);
}

}  // namespace

std::string pcre2_property(std::string_view name) {
  const std::string wanted = compared(name);
  if (short_category(wanted)) return std::string(name);
  const auto* const known =
      std::find_if(categories.begin(), categories.end(), [&](const Names& names) { return names.first == wanted; });
  if (known != categories.end()) return std::string(known->second);
  return "sc:" + std::string(name);
}

}  // namespace attnscope
