// Failures of a device that the CPU can make good: what tells them from the others is their type (fallback.h).
#pragma once
#include "core/error.h"

namespace attnscope {

// No memory is left there for this op; another may fit.
class DeviceOutOfMemory : public Error {
 public:
  using Error::Error;
};

// It will not work again in this process.
class DeviceLost : public Error {
 public:
  using Error::Error;
};

}  // namespace attnscope
