// What every command works with: its streams, its places, the messages it gives, the threads it runs on.
#pragma once
#include <spdlog/logger.h>

#include <memory>
#include <stop_token>
#include <string>

#include "app/console.h"
#include "app/places.h"
#include "attention/ops.h"
#include "core/jobs.h"

namespace attnscope {

// What the process gives a command beside its arguments.
struct Surroundings {
  Places places;
  std::string forced_backend;  // the value of ATTNSCOPE_BACKEND, or empty
  std::stop_token stop;
};

class Context {
 public:
  Context(const Console& console, Surroundings surroundings);

  const Console& console() const { return console_; }
  const Surroundings& surroundings() const { return surroundings_; }
  // Messages to standard error, one line each, safe from any thread.
  spdlog::logger& log() { return log_; }
  Job job(Progress* progress = nullptr);
  // The backend that `device` (auto, cpu, cuda) or ATTNSCOPE_BACKEND asks for, with the CPU behind it and a warning
  // where that comes in. Throws InputError, see attention/select.h. The context must outlive it.
  std::unique_ptr<Backend> make_backend(const std::string& device);

 private:
  const Console& console_;
  Surroundings surroundings_;
  spdlog::logger log_;
  std::unique_ptr<Pool> pool_;  // made by the first job: `check` and its like need no threads
};

}  // namespace attnscope
