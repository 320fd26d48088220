#include "session/document.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace attnscope {
namespace {

constexpr std::string_view white_space = " \t\r\n\v\f";

bool is_word(std::string_view bytes) {
  return std::any_of(bytes.begin(), bytes.end(), [](unsigned char c) { return c >= 0x80 || std::isalnum(c) != 0; });
}

// White space as signs, one for each kind that comes in a row: a blank line is "⏎", however many ends it has.
std::string visible_space(std::string_view bytes) {
  if (bytes.find('\n') != std::string_view::npos) return "⏎";
  if (bytes.find('\t') != std::string_view::npos) return "⇥";
  return "␣";
}

}  // namespace

std::string_view without_spaces(std::string_view bytes) {
  const std::size_t begin = bytes.find_first_not_of(white_space);
  if (begin == std::string_view::npos) return {};
  return bytes.substr(begin, bytes.find_last_not_of(white_space) + 1 - begin);
}

Document::Document(std::string name, std::shared_ptr<const Capture> capture, std::shared_ptr<const Model> model)
    : name_(std::move(name)), capture_(std::move(capture)), model_(std::move(model)) {
  ids_.reserve(static_cast<std::size_t>(info().count));
  for (std::int64_t place = 0; place < info().count; ++place) {
    ids_.push_back(info().tokens[static_cast<std::size_t>(token_at(place))].id);
  }
  units_ = display_units(info().text, info().tokens);
}

std::string_view Document::bytes(std::int64_t token) const {
  const Token& at = info().tokens[static_cast<std::size_t>(token)];
  const std::string_view text = info().text;
  return text.substr(static_cast<std::size_t>(at.begin), static_cast<std::size_t>(at.end - at.begin));
}

std::string Document::label(std::int64_t token) const {
  const std::string_view own = bytes(token);
  if (own.empty()) {
    const std::int32_t id = info().tokens[static_cast<std::size_t>(token)].id;
    return "⟨" + (model_ != nullptr ? model_->tokenizer().bytes(id) : std::to_string(id)) + "⟩";
  }
  const Unit& unit = units_[unit_of(token)];
  const std::string_view text = info().text;
  const std::string_view shown =
      text.substr(static_cast<std::size_t>(unit.begin), static_cast<std::size_t>(unit.end - unit.begin));
  const std::string_view trimmed = without_spaces(shown);
  return trimmed.empty() ? visible_space(shown) : std::string(trimmed);
}

std::size_t Document::unit_of(std::int64_t token) const { return attnscope::unit_of(units_, token); }

std::int64_t Document::find_token(std::string_view text, std::int64_t which) const {
  for (std::int64_t place = 0; place < info().count; ++place) {
    if (without_spaces(bytes(token_at(place))) == text && --which == 0) return token_at(place);
  }
  return -1;
}

std::int64_t Document::last_word() const {
  for (std::int64_t place = info().count - 1; place >= 0; --place) {
    if (is_word(bytes(token_at(place)))) return token_at(place);
  }
  return token_at(info().count - 1);
}

}  // namespace attnscope
