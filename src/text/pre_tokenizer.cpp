#include "text/pre_tokenizer.h"

#include <utf8proc.h>

#include <utility>

#include "text/utf8.h"

namespace attnscope {
namespace {

bool is_number(char32_t code_point) {
  if (code_point < 0x80) return code_point >= '0' && code_point <= '9';
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(code_point));
  return category == UTF8PROC_CATEGORY_ND || category == UTF8PROC_CATEGORY_NL || category == UTF8PROC_CATEGORY_NO;
}

// Calls part(begin, end, is_match) for the matches and what lies between them, in order. An empty match right behind
// another match does not count.
template <class Part>
void each_part(std::string_view text, Matcher& matcher, const Part& part) {
  std::size_t done = 0;
  std::size_t from = 0;
  bool matched = false;
  while (from <= text.size()) {
    const std::optional<Match> match = matcher.find(text, from);
    if (!match) break;
    if (match->begin == match->end && (matched && match->end == done)) {
      from = match->end < text.size() ? match->end + decode_utf8(text, match->end).length : text.size() + 1;
      continue;
    }
    if (done < match->begin) part(done, match->begin, false);
    part(match->begin, match->end, true);
    done = from = match->end;
    matched = true;
  }
  if (done < text.size()) part(done, text.size(), false);
}

}  // namespace

std::string_view gpt2_pattern() {
  return R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
}

WordSplitter::WordSplitter(const PreTokenizer& pre_tokenizer, Sink sink)
    : pre_tokenizer_(pre_tokenizer), sink_(std::move(sink)) {
  for (const PreTokenizerStep& step : pre_tokenizer.steps) {
    const auto* const split = std::get_if<SplitStep>(&step);
    matchers_.push_back(split != nullptr ? std::optional<Matcher>(split->pattern) : std::nullopt);
  }
  if (pre_tokenizer.last) last_.emplace(*pre_tokenizer.last);
}

void WordSplitter::step(std::string_view piece, std::size_t index) {
  if (piece.empty()) return;
  if (index == matchers_.size()) return byte_level(piece);
  const PreTokenizerStep& step = pre_tokenizer_.steps[index];
  if (const auto* const split = std::get_if<SplitStep>(&step)) {
    cut(piece, *split, *matchers_[index], index + 1);
  } else {
    digits(piece, std::get<DigitsStep>(step), index + 1);
  }
}

void WordSplitter::cut(std::string_view piece, const SplitStep& split, Matcher& matcher, std::size_t next) {
  std::size_t begin = 0;  // of the piece that is not yet handed on, [begin, end)
  std::size_t end = 0;
  bool before = false;  // whether the part before was a match
  const auto flush = [&] { step(piece.substr(begin, end - begin), next); };
  each_part(piece, matcher, [&](std::size_t part_begin, std::size_t part_end, bool found) {
    const bool match = found != split.invert;
    bool joined = false;
    switch (split.behavior) {
      case SplitBehavior::merged_with_previous:
        joined = match && !before;
        break;
      case SplitBehavior::merged_with_next:
        joined = before && !match;
        break;
      case SplitBehavior::contiguous:
        joined = match == before;
        break;
      case SplitBehavior::removed:
      case SplitBehavior::isolated:
        break;
    }
    if (!joined) {
      flush();
      begin = part_begin;
    }
    end = part_end;
    if (match && split.behavior == SplitBehavior::removed) begin = end;
    before = match;
  });
  flush();
}

void WordSplitter::digits(std::string_view piece, const DigitsStep& digits, std::size_t next) {
  std::size_t begin = 0;
  bool number_before = false;
  for (std::size_t at = 0; at < piece.size();) {
    const DecodedPart part = decode_utf8(piece, at);
    const bool number = is_number(part.code_point);
    if (number != number_before || (number && digits.individual)) {
      step(piece.substr(begin, at - begin), next);
      begin = at;
    }
    number_before = number;
    at += part.length;
  }
  step(piece.substr(begin), next);
}

void WordSplitter::byte_level(std::string_view piece) {
  const bool prefixed = pre_tokenizer_.add_prefix_space && piece[0] != ' ';
  std::string_view text = piece;
  if (prefixed) text = prefixed_.assign(1, ' ').append(piece);
  if (!last_) return sink_({text, piece.data(), prefixed});
  each_part(text, *last_, [&](std::size_t begin, std::size_t end, bool) {
    if (begin == end) return;
    const std::string_view word = text.substr(begin, end - begin);
    if (!prefixed) return sink_({word, word.data(), false});
    if (begin == 0) return sink_({word, piece.data(), true});
    sink_({piece.substr(begin - 1, word.size()), piece.data() + begin - 1, false});
  });
}

}  // namespace attnscope
