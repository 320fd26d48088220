// Fonts found by name: in folders and below them, the earlier folder first, nothing else than fonts.
#include "ui/font_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace attnscope {
namespace {

namespace fs = std::filesystem;

class FontFilesTest : public testing::Test {
 public:
  FontFilesTest() : root_(fs::path(testing::TempDir()) / ("fonts." + std::to_string(::getpid()))) {}
  ~FontFilesTest() override { fs::remove_all(root_); }

 protected:
  fs::path touch(const std::string& name) const {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << "x";
    return root_ / name;
  }

  fs::path root_;
};

TEST_F(FontFilesTest, AreFoundInAFolderAndBelow) {
  const fs::path top = touch("a/top.ttf"), below = touch("a/b/c/below.otf"), collection = touch("a/b/all.ttc");
  touch("a/readme.txt");
  EXPECT_EQ(find_fonts({root_ / "a"}), (FontFiles{{"top.ttf", top}, {"below.otf", below}, {"all.ttc", collection}}));
}

TEST_F(FontFilesTest, AreTakenFromTheEarlierFolder) {
  const fs::path mine = touch("mine/x.ttf");
  touch("shared/x.ttf");
  EXPECT_EQ(find_fonts({root_ / "missing", root_ / "mine", root_ / "shared"}), (FontFiles{{"x.ttf", mine}}));
}

TEST(FontFolders, FollowTheEnvironment) {
  ::setenv("HOME", "/home/someone", 1);
  ::unsetenv("XDG_DATA_HOME");
  ::setenv("XDG_DATA_DIRS", "/opt/share::/usr/share", 1);
  EXPECT_EQ(system_font_folders(), (std::vector<fs::path>{"/home/someone/.local/share/fonts", "/home/someone/.fonts",
                                                          "/opt/share/fonts", "/usr/share/fonts"}));
  ::setenv("XDG_DATA_HOME", "/data", 1);
  ::unsetenv("XDG_DATA_DIRS");
  EXPECT_EQ(system_font_folders(), (std::vector<fs::path>{"/data/fonts", "/home/someone/.fonts",
                                                          "/usr/local/share/fonts", "/usr/share/fonts"}));
}

}  // namespace
}  // namespace attnscope
