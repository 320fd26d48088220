#include "app/context.h"

#include <spdlog/formatter.h>
#include <spdlog/sinks/ostream_sink.h>

#include <utility>

#include "app/terminal_text.h"
#include "attention/select.h"

namespace attnscope {
namespace {

// "attnscope: " and the message as one line: names in it may hold anything.
class LineFormatter : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& line) override {
    const std::string text = "attnscope: " + escaped_line({message.payload.data(), message.payload.size()}) + "\n";
    line.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<LineFormatter>(); }
};

}  // namespace

Context::Context(const Console& console, Surroundings surroundings)
    : console_(console),
      surroundings_(std::move(surroundings)),
      log_("attnscope", std::make_shared<spdlog::sinks::ostream_sink_mt>(console.err, true)) {
  log_.set_formatter(std::make_unique<LineFormatter>());
}

Job Context::job(Progress* progress) {
  if (pool_ == nullptr) pool_ = std::make_unique<Pool>();
  return {*pool_, Priority::visible, surroundings_.stop, progress};
}

std::unique_ptr<Backend> Context::make_backend(const std::string& device) {
  return select_with_fallback(device, surroundings_.forced_backend,
                              [this](const std::string& line) { log_.warn("{}", line); });
}

}  // namespace attnscope
