// Where the program's files live. Nothing is created here.
#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace attnscope {

// The value of an environment variable; none where it is not set or empty.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

Environment process_environment();

struct Places {
  std::filesystem::path assets;  // bundled: models/, texts; may not exist in a broken installation
  std::filesystem::path models;  // fetched by set-up
  std::filesystem::path config;  // settings and layout
};

// ATTNSCOPE_HOME holds all three (assets, models, config) if it is set, the assets only if it has them. Otherwise the
// assets are beside the program, in share/attnscope of its prefix, or in the source tree that it was built from; the
// others follow the XDG base directory specification. `program` is the path of the running program.
Places find_places(const Environment& environment, const std::filesystem::path& program);

// The path of the running program.
std::filesystem::path program_path();

}  // namespace attnscope
