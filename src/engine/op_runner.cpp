#include "engine/op_runner.h"

#include "attention/select.h"

namespace attnscope {

Backend& OpRunner::able(Op op, const HeadView& head) {
  const Support support = backend_.supports(op, head);
  if (support.yes) return backend_;
  if (reference_ == nullptr) {
    report_(backend_.name(), support.why);
    reference_ = make_reference_backend();
  }
  return *reference_;
}

}  // namespace attnscope
