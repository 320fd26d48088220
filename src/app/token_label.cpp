#include "app/token_label.h"

#include "app/terminal_text.h"

namespace attnscope {
namespace {

constexpr std::size_t widest_label = 32;

}  // namespace

std::string text_label(std::string_view bytes) { return quoted_line(bytes, widest_label); }

std::string token_label(const CaptureInfo& info, std::int64_t token) {
  const Token& at = info.tokens[static_cast<std::size_t>(token)];
  if (at.begin == at.end) return "⟨" + std::to_string(at.id) + "⟩";
  const auto begin = static_cast<std::size_t>(at.begin);
  const std::string_view text = info.text;
  return text_label(text.substr(begin, static_cast<std::size_t>(at.end) - begin));
}

}  // namespace attnscope
