#include "app/check_file.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <string_view>

#include "capture/capture_file.h"
#include "core/error.h"
#include "core/mapped_file.h"
#include "formats/gguf.h"
#include "formats/json.h"
#include "formats/safetensors.h"
#include "models/config.h"
#include "models/weight_file.h"
#include "text/tokenizer_json.h"
#include "text/utf8.h"

namespace attnscope {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t probe_bytes = 8 * 1024;
constexpr std::string_view blanks = " \t\r\n";

std::string counted(std::size_t count, const std::string& thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

// `why` is the reason why this program cannot run what the file describes.
std::string running(const std::string& why) { return why.empty() ? "" : "; cannot be run here: " + why; }

std::string check_gguf(const fs::path& path) {
  const GgufFile file = GgufFile::open(path);
  std::string why;
  try {
    decoder_from_gguf(file);
  } catch (const InputError& error) {
    why = error.what();
  }
  return "GGUF, " + counted(file.tensors().size(), "tensor") + running(why);
}

std::string check_safetensors(const fs::path& path) {
  const SafetensorsFile file = SafetensorsFile::open(path);
  if (!file.metadata().contains("attnscope.version")) return "safetensors, " + counted(file.entries().size(), "tensor");
  const std::unique_ptr<Capture> capture = open_capture(path);
  const CaptureInfo& info = capture->info();
  return fmt::format("capture of {}, {}, {} of {}", info.model, counted(info.tokens.size(), "token"),
                     info.layers.size() - info.absent.size(), counted(info.layers.size(), "layer"));
}

std::string check_config_json(std::string_view text, const std::string& where) {
  const ConfigFacts facts = check_config(text, where);
  return fmt::format("config.json, {}, {}", facts.family, counted(static_cast<std::size_t>(facts.layers), "layer")) +
         running(facts.refusal);
}

std::string check_tokenizer(std::string_view text, const std::string& where) {
  try {
    const auto tokens = static_cast<std::size_t>(tokenizer_from_json(text, where)->vocabulary_size());
    return "tokenizer.json, " + counted(tokens, "token");
  } catch (const BrokenFile&) {
    throw;
  } catch (const InputError& error) {
    return "tokenizer.json" + running(error.what());
  }
}

bool has_any(const Json& object, std::initializer_list<const char*> keys) {
  return std::any_of(keys.begin(), keys.end(), [&](const char* key) { return object.contains(key); });
}

// The two kinds of JSON file that belong to a model, told apart by their keys, then by the name of the file or folder.
enum class JsonKind : std::uint8_t { tokenizer, config };

std::optional<JsonKind> kind_of_json(const Json& json, const fs::path& path) {
  if (json.is_object()) {
    if (has_any(json, {"added_tokens", "pre_tokenizer", "normalizer", "post_processor"})) return JsonKind::tokenizer;
    if (has_any(json, {"model_type", "architectures", "hidden_size"})) return JsonKind::config;
  }
  const std::string folder = path.parent_path().filename();
  if (path.filename() == "tokenizer.json" || folder == "tokenizer") return JsonKind::tokenizer;
  if (path.filename() == "config.json" || folder == "config") return JsonKind::config;
  return {};
}

std::string check_json(std::string_view text, const fs::path& path) {
  const std::string where = path.string();
  const std::optional<JsonKind> kind = kind_of_json(parse_json(text, where), path);
  if (!kind) throw InputError(where + ": JSON, but neither a tokenizer.json nor a config.json");
  return *kind == JsonKind::tokenizer ? check_tokenizer(text, where) : check_config_json(text, where);
}

std::string check_text(std::string_view text, const std::string& where) {
  const std::size_t nul = text.substr(0, probe_bytes).find('\0');
  if (nul != std::string_view::npos) {
    throw InputError(fmt::format("{}: no kind of file that is known here: a NUL byte at byte {}", where, nul));
  }
  if (text.empty()) throw InputError(where + ": empty");
  const std::size_t invalid = invalid_utf8(text).size();
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  return fmt::format("text, {}, {}", counted(text.size(), "byte"), counted(lines, "line")) +
         (invalid == 0 ? "" : ", " + counted(invalid, "part") + " not UTF-8");
}

// Whether the bytes begin as a safetensors file does: the length of a header that fits, then a JSON object.
bool begins_as_safetensors(std::string_view bytes) {
  if (bytes.size() < 9 || bytes[8] != '{') return false;
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof length);
  return length <= bytes.size() - 8;
}

}  // namespace

std::string check_file(const fs::path& path) {
  const auto file = MappedFile::open(path);
  const std::string_view bytes(reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size());
  const fs::path extension = path.extension();
  if (bytes.starts_with("GGUF")) return check_gguf(path);
  if (begins_as_safetensors(bytes) || extension == ".safetensors") return check_safetensors(path);
  if (extension == ".gguf") return check_gguf(path);
  if (extension == ".json") return check_json(bytes, path);
  return check_text(bytes, path.string());
}

}  // namespace attnscope
