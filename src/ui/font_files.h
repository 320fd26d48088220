// Where the fonts of this system are. What is in them is left to font_face.h.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace attnscope {

// Font files (.ttf, .otf, .ttc) by file name.
using FontFiles = std::map<std::string, std::filesystem::path>;

// The folders that the XDG base directory specification and the older custom name, those of the user first: fonts/ in
// $XDG_DATA_HOME and in each of $XDG_DATA_DIRS, and ~/.fonts. They need not exist.
std::vector<std::filesystem::path> system_font_folders();

// Every font in the folders and below. Of files with one name that in the earlier folder wins. Folders that are not
// there or cannot be read are passed over.
FontFiles find_fonts(const std::vector<std::filesystem::path>& folders);

}  // namespace attnscope
