// Models by name or path: which files they are made of, and how those become one Model.
#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/mapped_file.h"
#include "models/config.h"
#include "models/decoder_model.h"
#include "models/model.h"
#include "models/weight_file.h"
#include "text/bpe_lists.h"
#include "text/tokenizer_json.h"

namespace attnscope {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  const auto file = MappedFile::open(path);
  return {reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size()};
}

bool flag(const GgufFile& file, std::string_view key) {
  const GgufValue* value = file.find(key);
  const bool* set = value == nullptr ? nullptr : std::get_if<bool>(value);
  return set != nullptr && *set;
}

std::unique_ptr<Tokenizer> gguf_tokenizer(const GgufFile& file) {
  const std::string where = file.path().string();
  const std::string_view kind = file.string("tokenizer.ggml.model");
  if (kind != "gpt2") {
    throw InputError(where + ": tokenizers of the kind " + std::string(kind) +
                     " are not supported yet (gpt2, byte-level BPE, is)");
  }
  BpeLists lists;
  lists.tokens = file.strings("tokenizer.ggml.tokens");
  lists.merges = file.strings("tokenizer.ggml.merges");
  if (file.find("tokenizer.ggml.token_type") != nullptr) lists.token_types = file.integers("tokenizer.ggml.token_type");
  lists.pre_tokenizer = file.string("tokenizer.ggml.pre", "gpt-2");
  if (flag(file, "tokenizer.ggml.add_bos_token")) {
    lists.begin = static_cast<std::int32_t>(file.integer("tokenizer.ggml.bos_token_id"));
  }
  if (flag(file, "tokenizer.ggml.add_eos_token")) {
    lists.end = static_cast<std::int32_t>(file.integer("tokenizer.ggml.eos_token_id"));
  }
  return tokenizer_from_bpe_lists(lists, where);
}

std::unique_ptr<Model> open_gguf(const std::string& name, const fs::path& path, Backend& backend) {
  auto file = std::make_shared<const GgufFile>(GgufFile::open(path));
  const DecoderConfig config = decoder_from_gguf(*file);
  auto tokenizer = gguf_tokenizer(*file);
  auto weights = std::make_unique<DecoderWeights>(config, gguf_weights(std::move(file), config), path.string());
  return make_decoder_model(name, std::move(weights), std::move(tokenizer), backend);
}

std::unique_ptr<Model> open_folder(const std::string& name, const fs::path& folder, Backend& backend) {
  const fs::path config_path = folder / "config.json", tokenizer_path = folder / "tokenizer.json";
  for (const fs::path& path : {config_path, tokenizer_path}) {
    if (!fs::exists(path))
      throw InputError(folder.string() + ": no model folder: " + path.filename().string() + " is missing");
  }
  const DecoderConfig config = decoder_from_config(text_of(config_path), config_path.string());
  auto tokenizer = tokenizer_from_json(text_of(tokenizer_path), tokenizer_path.string());
  auto weights = std::make_unique<DecoderWeights>(config, open_weights_folder(folder), folder.string());
  return make_decoder_model(name, std::move(weights), std::move(tokenizer), backend);
}

}  // namespace

std::vector<ModelPlace> known_models(const fs::path& assets, const fs::path& fetched) {
  return {{"tiny", assets / "models" / "tiny", "two layers trained on novels, bundled"},
          {"smollm2", fetched / "smollm2.gguf", "SmolLM2-135M-Instruct, fetched by scripts/setup"}};
}

std::unique_ptr<Model> open_model(const std::string& name, const std::vector<ModelPlace>& known, Backend& backend) {
  const auto place =
      std::find_if(known.begin(), known.end(), [&](const ModelPlace& other) { return other.name == name; });
  const fs::path path = place == known.end() ? fs::path(name) : place->path;
  if (!fs::exists(path)) {
    if (place != known.end())
      throw InputError("model " + name + ": " + path.string() + " is not there; " + place->note);
    std::string names;
    for (const ModelPlace& other : known) names += other.name + ", ";
    throw InputError("model " + name + ": not known; give one of " + names + "a .gguf file or a model folder");
  }
  return fs::is_directory(path) ? open_folder(name, path, backend) : open_gguf(name, path, backend);
}

}  // namespace attnscope
