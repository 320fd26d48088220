#include "session/settings.h"

#include <gtest/gtest.h>

#include <fstream>

#include "../formats/temporary_folder.h"
#include "core/error.h"

namespace attnscope {
namespace {

Settings settings_of(const std::filesystem::path& file, const std::string& content) {
  std::ofstream(file, std::ios::binary) << content;
  return load_settings(file);
}

TEST(SettingsTest, ComeBackAsTheyWereSaved) {
  const TemporaryFolder folder;
  const Settings settings{Theme::light, true, 1.5F, "tiny", 1234, 777};
  save_settings(folder.file("new/settings.json"), settings);
  EXPECT_EQ(load_settings(folder.file("new/settings.json")), settings);
}

TEST(SettingsTest, AreTheDefaultsWhereThereIsNoFile) { EXPECT_EQ(load_settings("/nowhere/settings.json"), Settings{}); }

TEST(SettingsTest, AreTheDefaultsWhereTheFileIsBroken) {
  const TemporaryFolder folder;
  for (const char* content : {"", "{", "[]", "nothing", "{\"width\":", "\xff\xfe"}) {
    EXPECT_EQ(settings_of(folder.file("s.json"), content), Settings{}) << content;
  }
}

TEST(SettingsTest, KeepWhatMakesSenseBesideWhatDoesNot) {
  const TemporaryFolder folder;
  const Settings settings = settings_of(
      folder.file("s.json"),
      R"({"theme":7,"model":"tiny","width":-5,"height":1e9,"scale":"big","reduced_motion":true,"unknown":[]})");
  Settings expected;
  expected.model = "tiny";
  expected.reduced_motion = true;
  EXPECT_EQ(settings, expected);
}

TEST(SettingsTest, ThatCannotBeWrittenSaySo) {
  EXPECT_THROW(save_settings("/proc/no/settings.json", Settings{}), Error);
}

}  // namespace
}  // namespace attnscope
