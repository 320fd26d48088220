#include "text/pattern_syntax.h"

#include <algorithm>

#include "core/error.h"
#include "formats/names.h"
#include "text/pattern_translation.h"

namespace attnscope {

std::string PatternTranslation::run() {
  while (at_ < source_.size()) item();
  close_options(implicit_.back());
  return out_;
}

void PatternTranslation::refuse(const std::string& what) const {
  throw BrokenFile(where_ + ": " + what + " at byte " + std::to_string(at_) + " of the pattern is not supported");
}

void PatternTranslation::item() {
  const char c = source_[at_];
  if (c == '\\') return begin_atom(), escape();
  if (c == '[') return begin_atom(), bracket();
  if (c == '(') return open_group();
  if (c == ')') return close_group();
  if (c == '{') return interval();
  if (c == '*' || c == '+' || c == '?') return quantifier();
  if (c != '|') begin_atom();
  copy(character_length());
}

void PatternTranslation::copy(std::size_t count) {
  out_ += source_.substr(at_, count);
  at_ += count;
}

// Bytes of the UTF-8 character here; the pattern comes from JSON and is valid.
std::size_t PatternTranslation::character_length() const {
  std::size_t length = 1;
  while (at_ + length < source_.size() && (static_cast<unsigned char>(source_[at_ + length]) & 0xC0U) == 0x80) ++length;
  return length;
}

// *, +, ? and a sign after it that makes it lazy or possessive: the same in both.
void PatternTranslation::quantifier() {
  copy(1);
  if (next_is("?") || next_is("+")) copy(1);
}

// {n}, {n,}, {n,m}, {,m}; another brace is a character. {n,m}+ repeats the repetition, {n}? makes it optional.
void PatternTranslation::interval() {
  const std::optional<std::string> bounds = read_bounds();
  if (!bounds) {
    begin_atom();
    out_ += "\\{";
    ++at_;
    return;
  }
  const bool exact = bounds->find(',') == std::string::npos;
  out_ += "{" + *bounds + "}";
  if (next_is("?") && !exact) return copy(1);
  if (next_is("+") || next_is("?")) {
    out_.insert(atom_, "(?:");
    out_ += ")";
    copy(1);
  }
}

std::optional<std::string> PatternTranslation::read_bounds() {
  const std::size_t end = source_.find('}', at_);
  constexpr std::size_t longest = 16;  // no bound that PCRE2 takes has more digits
  if (end == std::string_view::npos || end - at_ > longest) return std::nullopt;
  std::string bounds(source_.substr(at_ + 1, end - at_ - 1));
  const auto digits = [](std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  const std::size_t comma = bounds.find(',');
  const std::string_view all = bounds;
  const std::string_view low = all.substr(0, comma);
  const std::string_view high = comma == std::string::npos ? "" : all.substr(comma + 1);
  if (!digits(low) || !digits(high) || (low.empty() && high.empty())) return std::nullopt;
  at_ = end + 1;
  return low.empty() ? "0" + bounds : bounds;
}

void PatternTranslation::open_group() {
  const std::size_t begin = out_.size();
  if (next_is("(*")) refuse("'(*'");
  if (!next_is("(?")) {
    copy(1);
  } else if (next_is("(?#")) {
    at_ = std::min(source_.find(')', at_), source_.size() - 1) + 1;
    return;
  } else if (const std::size_t known = known_opening(); known != 0) {
    copy(known);
  } else if (options()) {
    return;
  }
  groups_.push_back(begin);
  implicit_.push_back(0);
}

std::size_t PatternTranslation::known_opening() const {
  for (const std::string_view opening : {"(?:", "(?=", "(?!", "(?>", "(?<=", "(?<!"}) {
    if (next_is(opening)) return opening.size();
  }
  if (!next_is("(?<")) return 0;
  const std::size_t end = source_.find('>', at_);
  return end == std::string_view::npos ? 0 : end + 1 - at_;
}

// (?im-im:...) opens a group; (?im-im) holds to the end of the group it is in, across its alternatives. Ruby's m lets
// the dot match a line feed: PCRE2's s. Returns whether it was the second kind.
bool PatternTranslation::options() {
  std::string letters;
  std::size_t end = at_ + 2;
  for (; end < source_.size() && source_[end] != ')' && source_[end] != ':'; ++end) {
    const char c = source_[end];
    if (c != 'i' && c != 'm' && c != '-') refuse("a group with the option " + in_quotes({&c, 1}));
    letters += c == 'm' ? 's' : c;
  }
  if (end == source_.size() || letters.empty()) refuse("this group");
  const bool isolated = source_[end] == ')';
  const std::size_t begin = out_.size();
  out_ += "(?" + letters + ":";
  at_ = end + 1;
  if (isolated) {
    ++implicit_.back();
  } else {
    groups_.push_back(begin);
    implicit_.push_back(0);
  }
  return true;
}

void PatternTranslation::close_group() {
  if (groups_.empty()) refuse("a closing parenthesis without an opening one");
  close_options(implicit_.back());
  implicit_.pop_back();
  atom_ = groups_.back();
  groups_.pop_back();
  copy(1);
}

std::string pcre2_from_oniguruma(std::string_view expression, const std::string& where) {
  return PatternTranslation(expression, where).run();
}

std::string quoted_for_pcre2(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!plain && static_cast<unsigned char>(c) < 0x80) quoted += '\\';
    quoted += c;
  }
  return quoted;
}

}  // namespace attnscope
