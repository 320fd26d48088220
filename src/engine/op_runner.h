// Runs ops where they can run: on a backend, or on the reference for what the backend cannot do. Which ops a question
// takes is head_reader.h's matter.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "attention/ops.h"
#include "core/jobs.h"

namespace attnscope {

class OpRunner {
 public:
  // Told once, when the reference comes in for the first time: who could not, and why.
  using Report = std::function<void(std::string_view backend, const std::string& why)>;

  // `backend` and the job's pool must outlive the runner; every op runs as `job` says.
  OpRunner(Backend& backend, Job job, Report report)
      : backend_(backend), job_(std::move(job)), report_(std::move(report)) {}

  // The backend, or the reference where the backend cannot do `op` on this head.
  Backend& able(Op op, const HeadView& head);
  const Job& job() const { return job_; }

 private:
  Backend& backend_;
  Job job_;
  Report report_;
  std::unique_ptr<Backend> reference_;
};

}  // namespace attnscope
