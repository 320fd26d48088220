// Reading capture files: one safetensors file with the document, its tokens and the layers. Written by CaptureWriter,
// and by other programs that keep to the format:
//
//   __metadata__  "attnscope.version" "1"; "model"; "layer.<l>" a layer's JSON (layer_json.h); optional "layers" (how
//                 many the model has), "first" (the token at which the context begins), "notes" (a JSON list of
//                 strings)
//   token_ids I32 [t], begin and end I64 [t] of the whole document; text U8 [bytes], optional
//   layer.<l>.q [H, n, d], .k [KV, n, d], .v [KV, n, d_v] of one type, F32, F16 or BF16; optional .lse F32 [H, n],
//                 .sink F32 [H]. The context is the tokens [first, first + n). A layer without tensors is absent.
#pragma once
#include <filesystem>
#include <memory>

#include "capture/capture.h"

namespace attnscope {

// The capture in a file: every layer that the file has is published as on_disk (mapped, not read), the others are
// absent. Checks everything but the numbers of q, k, v and lse. A token without bytes that the file puts before the end
// of the token before it is moved there. Throws InputError (cannot be read), NotThisFormat (not safetensors, or no
// capture) or BrokenFile, which names the tensor or key and what would be right.
std::unique_ptr<Capture> open_capture(const std::filesystem::path& path);

}  // namespace attnscope
