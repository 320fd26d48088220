#include "text/pattern.h"

#include <pcre2.h>

#include <array>
#include <utility>

#include "core/error.h"
#include "formats/names.h"
#include "text/pattern_syntax.h"

namespace attnscope {
namespace {

constexpr std::size_t longest_pattern = 16384;
constexpr std::uint32_t match_steps = 200'000'000;   // a few seconds; far above what any split pattern needs
constexpr std::uint32_t heap_kib = 64 * 1024;        // of the interpreter, where there is no JIT
constexpr std::size_t jit_stack_bytes = 32U << 20U;  // at most; it grows from the first number
constexpr std::size_t jit_stack_start = 64U << 10U;

std::string error_text(int code) {
  std::array<PCRE2_UCHAR, 256> text{};
  pcre2_get_error_message(code, text.data(), text.size());
  return reinterpret_cast<const char*>(text.data());
}

}  // namespace

Pattern::Pattern(std::string_view expression, const std::string& where) {
  if (expression.size() > longest_pattern) {
    throw BrokenFile(where + ": a pattern of " + std::to_string(expression.size()) + " bytes; at most " +
                     std::to_string(longest_pattern) + " are read");
  }
  compile(pcre2_from_oniguruma(expression, where), in_quotes(expression), where);
}

Pattern Pattern::literal(std::string_view text, const std::string& where) {
  if (text.size() > longest_pattern) {
    throw BrokenFile(where + ": a pattern of " + std::to_string(text.size()) + " bytes; at most " +
                     std::to_string(longest_pattern) + " are read");
  }
  Pattern pattern;
  pattern.compile(quoted_for_pcre2(text), in_quotes(text), where);
  return pattern;
}

void Pattern::compile(const std::string& translated, const std::string& shown, const std::string& where) {
  const std::unique_ptr<pcre2_compile_context, decltype(&pcre2_compile_context_free)> context(
      pcre2_compile_context_create(nullptr), pcre2_compile_context_free);
  if (!context) throw Error("not enough memory for a pattern");
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
  int error = 0;
  PCRE2_SIZE place = 0;
  pcre2_code* code =
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(),
                    PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C, &error, &place, context.get());
  if (code == nullptr) throw BrokenFile(where + ": the pattern " + shown + " is not valid: " + error_text(error));
  jit_ = pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0;
  code_ = {code, pcre2_code_free};
}

Matcher::Matcher(Pattern pattern) : pattern_(std::move(pattern)) {
  data_ = {pcre2_match_data_create(1, nullptr), pcre2_match_data_free};
  context_ = {pcre2_match_context_create(nullptr), pcre2_match_context_free};
  if (!data_ || !context_) throw Error("not enough memory for a pattern");
  pcre2_set_match_limit(context_.get(), match_steps);
  pcre2_set_heap_limit(context_.get(), heap_kib);
}

std::optional<Match> Matcher::find(std::string_view subject, std::size_t from) {
  const auto match = pattern_.jit_ ? pcre2_jit_match : pcre2_match;
  const auto run = [&] {
    return match(pattern_.code_.get(), reinterpret_cast<PCRE2_SPTR>(subject.data()), subject.size(), from,
                 PCRE2_NO_UTF_CHECK, data_.get(), context_.get());
  };
  int found = run();
  if (found == PCRE2_ERROR_JIT_STACKLIMIT && !stack_) {
    // The 32 KiB that every search has do for all but odd patterns and texts.
    stack_ = {pcre2_jit_stack_create(jit_stack_start, jit_stack_bytes, nullptr), pcre2_jit_stack_free};
    pcre2_jit_stack_assign(context_.get(), nullptr, stack_.get());
    found = run();
  }
  if (found == PCRE2_ERROR_NOMATCH) return std::nullopt;
  if (found < 0) throw InputError("the tokenizer's pattern cannot be run on this text: " + error_text(found));
  const PCRE2_SIZE* const ends = pcre2_get_ovector_pointer(data_.get());
  // \K or a lookahead can set the begin behind the end; such a match is taken as empty.
  return Match{ends[0] < ends[1] ? ends[0] : ends[1], ends[1]};
}

}  // namespace attnscope
