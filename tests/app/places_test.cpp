#include "app/places.h"

#include <gtest/gtest.h>

#include <map>

#include "command_run.h"

namespace attnscope {
namespace {

Environment environment_of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return {};
    return found->second;
  };
}

TEST(Places, FollowTheXdgVariables) {
  const Places places = find_places(
      environment_of({{"HOME", "/h"}, {"XDG_DATA_HOME", "/data"}, {"XDG_CONFIG_HOME", "/config"}}), "/bin/x");
  EXPECT_EQ(places.models, "/data/attnscope/models");
  EXPECT_EQ(places.config, "/config/attnscope");
}

TEST(Places, AreBelowTheHomeDirectoryWhereXdgSaysNothing) {
  const Places places = find_places(environment_of({{"HOME", "/h"}}), "/bin/x");
  EXPECT_EQ(places.models, "/h/.local/share/attnscope/models");
  EXPECT_EQ(places.config, "/h/.config/attnscope");
}

TEST(Places, IgnoreARelativeXdgVariable) {
  const Places places = find_places(environment_of({{"HOME", "/h"}, {"XDG_DATA_HOME", "data"}}), "/bin/x");
  EXPECT_EQ(places.models, "/h/.local/share/attnscope/models");
}

TEST(Places, AreAllMovedByAttnscopeHome) {
  const TemporaryFolder home;
  std::filesystem::create_directory(home.path() / "assets");
  const Places places =
      find_places(environment_of({{"ATTNSCOPE_HOME", home.path()}, {"XDG_DATA_HOME", "/data"}}), "/bin/x");
  EXPECT_EQ(places.assets, home.path() / "assets");
  EXPECT_EQ(places.models, home.path() / "models");
  EXPECT_EQ(places.config, home.path() / "config");
}

TEST(Places, FindTheAssetsBesideTheProgram) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() / "assets");
  EXPECT_EQ(find_places(environment_of({}), folder.path() / "attnscope").assets, folder.path() / "assets");
}

TEST(Places, FindTheAssetsInShareOfThePrefix) {
  const TemporaryFolder prefix;
  std::filesystem::create_directories(prefix.path() / "share" / "attnscope");
  EXPECT_EQ(find_places(environment_of({}), prefix.path() / "bin" / "attnscope").assets,
            prefix.path() / "share" / "attnscope");
}

}  // namespace
}  // namespace attnscope
