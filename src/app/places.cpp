#include "app/places.h"

#include <cstdlib>
#include <system_error>
#include <vector>

namespace attnscope {
namespace {

namespace fs = std::filesystem;

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

fs::path find_assets(const fs::path& program) {
  const fs::path beside = program.parent_path();
  const std::vector<fs::path> candidates = {beside / "assets", beside.parent_path() / "share" / "attnscope",
                                            fs::path(ATTNSCOPE_SOURCE_ASSETS)};
  for (const fs::path& path : candidates) {
    if (is_folder(path)) return path;
  }
  return candidates.front();
}

// `variable`, which has to be absolute to count (XDG base directory specification), or a folder of the home directory.
fs::path xdg_folder(const Environment& environment, const std::string& variable, const fs::path& below_home) {
  if (const auto value = environment(variable); value && fs::path(*value).is_absolute()) return *value;
  return fs::path(environment("HOME").value_or("/")) / below_home;
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): nobody sets variables
    if (value == nullptr || *value == '\0') return {};
    return value;
  };
}

Places find_places(const Environment& environment, const fs::path& program) {
  const fs::path assets = find_assets(program);
  if (const auto home = environment("ATTNSCOPE_HOME")) {
    const fs::path root = *home;
    return {is_folder(root / "assets") ? root / "assets" : assets, root / "models", root / "config"};
  }
  return {assets, xdg_folder(environment, "XDG_DATA_HOME", ".local/share") / "attnscope" / "models",
          xdg_folder(environment, "XDG_CONFIG_HOME", ".config") / "attnscope"};
}

fs::path program_path() {
  std::error_code failed;
  const fs::path path = fs::read_symlink("/proc/self/exe", failed);
  return failed ? fs::path(".") : path;
}

}  // namespace attnscope
