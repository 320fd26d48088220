// JSON as a stream of events with our limits, for readers that need no document in memory: json.cpp builds one from it,
// the safetensors reader takes its header straight from the events.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "formats/json.h"

namespace attnscope {

// A reader derives from this and says what it makes of each event; every start_* calls enter(), every end_* leave().
class JsonEvents : public nlohmann::json_sax<Json> {
 public:
  // `where` begins every message.
  explicit JsonEvents(std::string where) : where_(std::move(where)) {}

  // Sends the events of the whole text; throws BrokenFile under the rules of parse_json().
  void parse(std::string_view text);

  bool binary(binary_t& value) final;  // JSON text has no such value
  bool parse_error(std::size_t position, const std::string& token, const nlohmann::detail::exception& problem) final;

 protected:
  [[noreturn]] void fail(const std::string& what) const;
  void enter();  // throws where the nesting goes beyond 128 levels
  void leave() { --depth_; }
  int depth() const { return depth_; }

 private:
  std::string where_;
  int depth_ = 0;
};

}  // namespace attnscope
