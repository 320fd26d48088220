// A language model as a source of captures: config + weights + tokens -> layers.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attention/ops.h"
#include "capture/capture.h"
#include "text/tokenizer.h"

namespace attnscope {

// Where a model is and what it is called.
struct ModelPlace {
  std::string name;            // "tiny", "smollm2", or the path as given
  std::filesystem::path path;  // a .gguf file or a folder; may not exist (not fetched yet)
  std::string note;            // what it is, or how to get it
};

// The models with a name: assets holds the bundled ones, fetched those that set-up fetches.
std::vector<ModelPlace> known_models(const std::filesystem::path& assets, const std::filesystem::path& fetched);

struct ModelInfo {
  std::string name;
  std::string family;  // "llama", "smollm3", ...
  std::int64_t layers = 0, heads = 0, kv_heads = 0, head_dim = 0;
  std::int64_t hidden = 0, intermediate = 0, vocabulary = 0;
  std::int64_t context = 0;  // tokens that it was trained on, at most
  std::int64_t parameters = 0;
};

// The tokens of the document that go through the model. Absent: all, which must fit the context.
struct ContextSlice {
  std::int64_t first = 0;
  std::int64_t count = 0;
};

struct ModelOptions {
  std::optional<ContextSlice> slice;
  SpecialText special = SpecialText::special;
};

class Model : public CaptureSource {
 public:
  virtual const ModelInfo& info() const = 0;
  virtual const Tokenizer& tokenizer() const = 0;

  // As describe() of CaptureSource, for a part of the document. Throws InputError where the text (or the slice) is
  // longer than the context, saying both lengths, and for an empty text or a slice outside of it.
  virtual CaptureInfo describe(std::string text, const ModelOptions& options) = 0;
  CaptureInfo describe(std::string text) final { return describe(std::move(text), ModelOptions{}); }

  // Logits of the next token, [positions, vocabulary], at positions of the context of `info` (0 <= position < count).
  // Runs the whole model.
  virtual std::vector<float> logits(const CaptureInfo& info, const std::vector<std::int64_t>& positions,
                                    const Job& job) = 0;
};

// Opens by name (known_models) or path: a .gguf file, or a folder with config.json, safetensors and tokenizer.json.
// Attention runs on `backend`, which must outlive the model. Throws InputError: unknown name, not fetched yet (and how
// to get it), a family or a feature that is not supported, by name; BrokenFile for a broken file.
std::unique_ptr<Model> open_model(const std::string& name, const std::vector<ModelPlace>& known, Backend& backend);

}  // namespace attnscope
