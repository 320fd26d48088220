#include "session/settings.h"

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>

#include "formats/output_file.h"

namespace attnscope {
namespace {

constexpr float largest_scale = 4;
constexpr int smallest_side = 200;
constexpr int largest_side = 16384;

// The value under a key where it has the type that is wanted, else none.
template <typename T>
T value_or(const nlohmann::json& json, const char* key, T fallback) {
  const auto found = json.find(key);
  if (found == json.end()) return fallback;
  try {
    return found->get<T>();
  } catch (const nlohmann::json::exception&) {
    return fallback;
  }
}

}  // namespace

Settings load_settings(const std::filesystem::path& file) {
  Settings settings;
  std::ifstream in(file, std::ios::binary);
  const nlohmann::json json = nlohmann::json::parse(in, nullptr, false);
  if (!json.is_object()) return settings;
  if (value_or(json, "theme", std::string("dark")) == "light") settings.theme = Theme::light;
  settings.reduced_motion = value_or(json, "reduced_motion", settings.reduced_motion);
  const float scale = value_or(json, "scale", settings.scale);
  if (std::isfinite(scale) && scale >= 0 && scale <= largest_scale) settings.scale = scale;
  settings.model = value_or(json, "model", settings.model);
  const int width = value_or(json, "width", settings.width);
  const int height = value_or(json, "height", settings.height);
  if (width >= smallest_side && width <= largest_side) settings.width = width;
  if (height >= smallest_side && height <= largest_side) settings.height = height;
  return settings;
}

void save_settings(const std::filesystem::path& file, const Settings& settings) {
  const nlohmann::json json = {{"theme", settings.theme == Theme::light ? "light" : "dark"},
                               {"reduced_motion", settings.reduced_motion},
                               {"scale", settings.scale},
                               {"model", settings.model},
                               {"width", settings.width},
                               {"height", settings.height}};
  std::error_code unmade;  // writing says what is wrong
  std::filesystem::create_directories(file.parent_path(), unmade);
  const std::string text = json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  OutputFile out(file);
  out.write(0, std::as_bytes(std::span(text)));
  out.finish();
}

}  // namespace attnscope
