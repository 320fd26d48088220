// A backend on a device with the CPU behind it: what the device cannot do, has no memory for or was lost over is
// computed by the CPU, and said.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "attention/ops.h"

namespace attnscope {

// Told from any thread, once for each kind of reason: "emulation cannot do this (why): cpu avx2 computes it".
using FallbackReport = std::function<void(const std::string& line)>;

// Every op runs on `device` where its supports() says yes, else, and after DeviceOutOfMemory, on what `make_other`
// makes, which takes every head; after DeviceLost everything does, for good, and name() becomes the other's.
// fallback() is the latest line that was reported. `report` may be empty.
std::unique_ptr<Backend> make_fallback_backend(std::unique_ptr<Backend> device,
                                               std::function<std::unique_ptr<Backend>()> make_other,
                                               FallbackReport report);

}  // namespace attnscope
