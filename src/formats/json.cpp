#include "formats/json.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/error.h"
#include "formats/json_events.h"
#include "formats/names.h"

namespace attnscope {

void JsonEvents::parse(std::string_view text) {
  // The library would skip a byte order mark and take a NUL for the end of the text.
  if (text.starts_with("\xef\xbb\xbf")) fail("begins with a byte order mark, which JSON does not allow");
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    fail("not valid JSON at byte " + std::to_string(nul) + ": a NUL byte");
  }
  Json::sax_parse(text.begin(), text.end(), this);
}

bool JsonEvents::binary(binary_t& /*value*/) { fail("not valid JSON: a binary value"); }

bool JsonEvents::parse_error(std::size_t position, const std::string& /*token*/,
                             const nlohmann::detail::exception& problem) {
  // Of "[json.exception...] parse error at line 1, column 2: syntax error while parsing value - REASON; last read:
  // 'TEXT'" only the reason is kept: the text can be of any length and hold any bytes.
  std::string_view reason = problem.what();
  for (const std::string_view before : {"] ", " - "}) {
    if (const std::size_t at = reason.find(before); at != std::string_view::npos)
      reason.remove_prefix(at + before.size());
  }
  reason = reason.substr(0, std::min<std::size_t>(reason.find("; last read:"), 120));
  fail("not valid JSON at byte " + std::to_string(position == 0 ? 0 : position - 1) + ": " + std::string(reason));
}

void JsonEvents::fail(const std::string& what) const { throw BrokenFile(where_ + ": " + what); }

void JsonEvents::enter() {
  constexpr int deepest = 128;
  if (++depth_ > deepest) fail("nested deeper than " + std::to_string(deepest) + " levels");
}

namespace {

class DocumentBuilder final : public JsonEvents {
 public:
  DocumentBuilder(const std::string& where, DuplicateKeys duplicates) : JsonEvents(where), duplicates_(duplicates) {}

  Json take() { return std::move(root_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t& /*text*/) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool start_object(std::size_t /*size*/) override { return open(Json::object()); }
  bool start_array(std::size_t /*size*/) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    auto& members = open_.back()->get_ref<Json::object_t&>();
    const auto [member, added] = members.try_emplace(name);
    if (!added && duplicates_ == DuplicateKeys::refuse)
      fail("the key " + in_quotes(name) + " appears twice in one object");
    slot_ = &member->second;
    return true;
  }

 private:
  // Puts the value where it belongs and leaves slot_ on it.
  bool add(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      slot_ = &root_;
    } else if (open_.back()->is_array()) {
      slot_ = &open_.back()->get_ref<Json::array_t&>().emplace_back(std::move(value));
    } else {
      *slot_ = std::move(value);
    }
    return true;
  }
  bool open(Json value) {
    enter();
    add(std::move(value));
    open_.push_back(slot_);
    return true;
  }
  bool close() {
    leave();
    open_.pop_back();
    return true;
  }

  DuplicateKeys duplicates_;
  Json root_;
  std::vector<Json*> open_;  // the objects and arrays around the next value, outermost first
  Json* slot_ = nullptr;     // the value last added, or the place of the member whose key came last
};

}  // namespace

Json parse_json(std::string_view text, const std::string& where, DuplicateKeys duplicates) {
  DocumentBuilder builder(where, duplicates);
  builder.parse(text);
  return builder.take();
}

}  // namespace attnscope
