#include <algorithm>
#include <array>

#include "core/error.h"
#include "formats/names.h"
#include "text/pattern_syntax.h"
#include "text/pattern_translation.h"

namespace attnscope {
namespace {

constexpr std::string_view white_space =
    R"(\x09-\x0d\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000})";
constexpr std::string_view word_set = R"(\p{Alphabetic}\p{M}\p{Nd}\p{Pc})";
constexpr std::string_view hex_set = "0-9a-fA-F";

bool ascii_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string in_class(std::string_view set, bool negated) { return (negated ? "[^" : "[") + std::string(set) + "]"; }

}  // namespace

void PatternTranslation::escape() {
  if (at_ + 1 == source_.size()) return copy(1);  // PCRE2 refuses it
  const char c = source_[at_ + 1];
  if (set_escape(c, false)) return;
  constexpr std::string_view same = "AzZGKXRk123456789gN";
  if (same.find(c) != std::string_view::npos) return copy(2);
  at_ += 2;
  if (c == 'b' || c == 'B') return boundary(c == 'B');
  if (c == 'O') {
    out_ += "(?s:.)";
    return;
  }
  character_escape(c);
}

// \b by Oniguruma's word characters.
void PatternTranslation::boundary(bool negated) {
  const std::string word = in_class(word_set, false);
  const std::string before = "(?<=" + word + ")", not_before = "(?<!" + word + ")";
  const std::string after = "(?=" + word + ")", not_after = "(?!" + word + ")";
  out_ += negated ? "(?:" + before + after + "|" + not_before + not_after + ")"
                  : "(?:" + before + not_after + "|" + not_before + after + ")";
}

// \s \w \h \d \p and their complements, alone or inside a bracket expression.
bool PatternTranslation::set_escape(char c, bool inside) {
  if (c == 'p' || c == 'P') return property(c), true;
  if (c == 'd' || c == 'D') return copy(2), true;
  if (std::string_view("sSwWhH").find(c) == std::string_view::npos) return false;
  const bool negated = c == 'S' || c == 'W' || c == 'H';
  const std::string_view set = c == 's' || c == 'S' ? white_space : c == 'w' || c == 'W' ? word_set : hex_set;
  if (inside && negated && c != 'S') refuse(std::string("'\\") + c + "' inside brackets");
  if (inside) {
    out_ += negated ? R"(\P{White_Space})" : set;
  } else {
    out_ += in_class(set, negated);
  }
  at_ += 2;
  return true;
}

void PatternTranslation::property(char kind) {
  const std::size_t end = source_.find('}', at_);
  if (source_.substr(at_ + 2, 1) != "{" || end == std::string_view::npos) refuse("a property without braces");
  std::string_view name = source_.substr(at_ + 3, end - at_ - 3);
  bool negated = kind == 'P';
  if (name.substr(0, 1) == "^") {
    negated = !negated;
    name.remove_prefix(1);
  }
  std::string wanted = pcre2_property(name);
  if (wanted[0] == '^') {
    negated = !negated;
    wanted.erase(0, 1);
  }
  out_ += (negated ? "\\P{" : "\\p{") + wanted + "}";
  at_ = end + 1;
}

// What stands for one character; at_ is behind the letter.
void PatternTranslation::character_escape(char c) {
  constexpr std::string_view same = "tnrfae0";
  const bool other = ascii_letter_or_digit(c) || static_cast<unsigned char>(c) >= 0x80;
  if (!other || same.find(c) != std::string_view::npos) {
    out_ += {'\\', c};
  } else if (c == 'v') {
    out_ += "\\x0b";
  } else if (c == 'x' || c == 'u') {
    hexadecimal(c);
  } else if (c == 'c' || c == 'C' || c == 'M' || c == 'y' || c == 'Y') {
    refuse(std::string("'\\") + c + "'");
  } else {
    --at_;
    copy(character_length());
  }
}

// \x{10ffff}, \x7f, \u00e9. Two digits from 80 on are a byte to Oniguruma, which a pattern of characters does not hold.
void PatternTranslation::hexadecimal(char kind) {
  const bool braces = kind == 'x' && next_is("{");
  const std::size_t begin = at_ + (braces ? 1 : 0);
  std::size_t end = begin;
  const std::size_t most = braces ? 8 : kind == 'x' ? 2 : 4;
  constexpr std::string_view digits = "0123456789abcdefABCDEF";
  while (end < source_.size() && end - begin < most && digits.find(source_[end]) != std::string_view::npos) ++end;
  const std::string_view number = source_.substr(begin, end - begin);
  const bool complete = braces ? source_.substr(end, 1) == "}" && !number.empty() : kind == 'x' || number.size() == 4;
  if (!complete || number.empty()) refuse("this character number");
  if (kind == 'x' && !braces && number.size() == 2 && number[0] > '7') refuse("a byte that is not ASCII");
  out_ += "\\x{" + std::string(number) + "}";
  at_ = end + (braces ? 1 : 0);
}

// [...]: brackets inside unite; a complement inside and && have no counterpart.
void PatternTranslation::bracket() {
  copy(1);
  if (next_is("^")) copy(1);
  if (next_is("]")) {
    out_ += "\\]";
    ++at_;
  }
  for (std::size_t depth = 1; depth > 0 && at_ < source_.size();) {
    if (next_is("[") && !next_is("[:")) {
      if (next_is("[^")) refuse("a complement inside brackets");
      ++depth;
      ++at_;
    } else if (!next_is("]")) {
      bracket_item();
    } else if (--depth > 0) {
      ++at_;
    } else {
      copy(1);
    }
  }
}

void PatternTranslation::bracket_item() {
  if (next_is("&&")) refuse("'&&' inside brackets");
  if (next_is("[:")) return posix();
  if (!next_is("\\") || at_ + 1 == source_.size()) return copy(character_length());
  const char c = source_[at_ + 1];
  if (set_escape(c, true)) return escape_hyphen();
  at_ += 2;
  if (c == 'b') {
    out_ += "\\b";
  } else {
    character_escape(c);
  }
}

// A hyphen behind a set is a character: written so that it makes no range with the set's last character.
void PatternTranslation::escape_hyphen() {
  if (next_is("-")) {
    out_ += "\\-";
    ++at_;
  }
}

void PatternTranslation::posix() {
  const std::size_t end = source_.find(":]", at_ + 2);
  if (end == std::string_view::npos) refuse("'[:' inside brackets");
  std::string_view name = source_.substr(at_ + 2, end - at_ - 2);
  const bool negated = name.substr(0, 1) == "^";
  if (negated) name.remove_prefix(1);
  if (name == "word" || name == "alnum") {
    if (negated) refuse("a complement inside brackets");
    out_ += name == "word" ? word_set : R"(\p{Alphabetic}\p{Nd})";
  } else {
    constexpr std::array<std::string_view, 9> known = {"alpha", "cntrl", "digit",  "lower", "punct",
                                                       "space", "upper", "xdigit", "ascii"};
    if (std::find(known.begin(), known.end(), name) == known.end()) refuse("the class " + in_quotes(name));
    out_ += (negated ? "\\P{" : "\\p{") + pcre2_property(name) + "}";
  }
  at_ = end + 2;
  escape_hyphen();
}

}  // namespace attnscope
