// The walk from Oniguruma's dialect to PCRE2's, for pattern_syntax.h alone: left to right, one construct at a time.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attnscope {

// Reads the dialect from left to right and writes PCRE2's; `atom_` is where the thing begins that a quantifier repeats.
class PatternTranslation {
 public:
  PatternTranslation(std::string_view source, const std::string& where) : source_(source), where_(where) {}

  std::string run();

 private:
  [[noreturn]] void refuse(const std::string& what) const;
  bool next_is(std::string_view text) const { return source_.substr(at_, text.size()) == text; }

  void item();
  void copy(std::size_t count);
  void begin_atom() { atom_ = out_.size(); }
  std::size_t character_length() const;
  void quantifier();
  void interval();
  std::optional<std::string> read_bounds();
  void open_group();
  std::size_t known_opening() const;
  bool options();
  void close_options(std::size_t count) { out_.append(count, ')'); }
  void close_group();
  void escape();
  void boundary(bool negated);
  bool set_escape(char c, bool inside);
  void property(char kind);
  void character_escape(char c);
  void hexadecimal(char kind);
  void bracket();
  void bracket_item();
  void escape_hyphen();
  void posix();

  std::string_view source_;
  const std::string& where_;
  std::size_t at_ = 0;
  std::string out_;
  std::size_t atom_ = 0;
  std::vector<std::size_t> groups_;          // where in out_ each open group begins
  std::vector<std::size_t> implicit_ = {0};  // option groups to close with each open group
};

}  // namespace attnscope
