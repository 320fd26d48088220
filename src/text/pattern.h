// A regular expression as tokenizer files hold it (Oniguruma's Ruby dialect), compiled and run by PCRE2 with Unicode
// properties. What the dialects spell differently is pattern_syntax.h's matter.
#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct pcre2_real_code_8;
struct pcre2_real_match_data_8;
struct pcre2_real_match_context_8;
struct pcre2_real_jit_stack_8;

namespace attnscope {

struct Match {
  std::size_t begin = 0;
  std::size_t end = 0;  // equal to begin for an empty match
};

// Immutable; any number of threads may use one at a time, each through its own Matcher.
class Pattern {
 public:
  // Throws BrokenFile, whose message begins with `where`, for a pattern that is not one, that needs what PCRE2 cannot
  // do or that is longer than 16 KiB.
  Pattern(std::string_view expression, const std::string& where);
  // The text itself, no character of it special.
  static Pattern literal(std::string_view text, const std::string& where);

 private:
  friend class Matcher;
  Pattern() = default;
  void compile(const std::string& translated, const std::string& shown, const std::string& where);
  std::shared_ptr<pcre2_real_code_8> code_;
  bool jit_ = false;
};

// Looks for one pattern; holds the memory that a search needs. For one thread.
class Matcher {
 public:
  explicit Matcher(Pattern pattern);

  // The first match that begins at or after byte `from` of `subject`, which must be valid UTF-8. Looking around never
  // leaves `subject`. Throws InputError where the search takes too many steps.
  std::optional<Match> find(std::string_view subject, std::size_t from);

 private:
  Pattern pattern_;
  std::shared_ptr<pcre2_real_match_data_8> data_;
  std::shared_ptr<pcre2_real_match_context_8> context_;
  std::shared_ptr<pcre2_real_jit_stack_8> stack_;
};

}  // namespace attnscope
