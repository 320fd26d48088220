#include "app/context.h"

#include <spdlog/sinks/ostream_sink.h>

#include <utility>

#include "attention/select.h"

namespace attnscope {

Context::Context(const Console& console, Surroundings surroundings)
    : console_(console),
      surroundings_(std::move(surroundings)),
      log_("attnscope", std::make_shared<spdlog::sinks::ostream_sink_mt>(console.err, true)) {
  log_.set_pattern("attnscope: %v");
}

Job Context::job(Progress* progress) {
  if (pool_ == nullptr) pool_ = std::make_unique<Pool>();
  return {*pool_, Priority::visible, surroundings_.stop, progress};
}

std::unique_ptr<Backend> Context::make_backend(const std::string& device) const {
  return select_backend(device, surroundings_.forced_backend);
}

}  // namespace attnscope
