// Where the ops of a question about a head run. Which ops it takes is head_reader.h's matter.
#pragma once
#include "attention/ops.h"
#include "core/jobs.h"

namespace attnscope {

// The backend takes every head (see attention/fallback.h); it and the job's pool must outlive the runner.
struct OpRunner {
  Backend& backend;
  Job job;
};

}  // namespace attnscope
