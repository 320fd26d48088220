// The document of a capture file: its text, its tokens and where the context lies in it.
#pragma once
#include "capture/capture.h"
#include "capture/checked_safetensors.h"

namespace attnscope {

// Sets text, tokens and first of `info`, whose count is known already. Throws BrokenFile; see open_capture().
void read_document(const CheckedSafetensors& file, CaptureInfo& info);

}  // namespace attnscope
