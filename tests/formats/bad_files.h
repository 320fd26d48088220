// The broken and odd files of one format with what its definition asks of a careful reader.
#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "core/error.h"
#include "formats/json.h"
#include "temporary_folder.h"

namespace attnscope {

struct BadFile {
  std::string name;
  std::string expect;  // accept, reject, or either: undefined, or a matter of limits
};

inline std::ostream& operator<<(std::ostream& out, const BadFile& file) { return out << file.name; }

inline std::filesystem::path bad_path(const std::string& format, const std::string& name) {
  return std::filesystem::path(ATTNSCOPE_TEST_DATA) / "bad" / format / name;
}

inline std::vector<BadFile> bad_files(const std::string& format) {
  std::vector<BadFile> files;
  const std::filesystem::path list = bad_path("", format + ".verdicts.json");
  const Json verdicts = parse_json(read_file(list), list.string());
  for (const auto& [name, expect] : verdicts.items()) files.push_back({name, expect.get<std::string>()});
  return files;
}

// A test's name may hold letters, digits and _ only.
inline std::string test_name(const testing::TestParamInfo<BadFile>& info) {
  std::string name = info.param.name.substr(0, info.param.name.find('.'));
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
}

// Opens the file and holds the verdict, the message and the time against what is expected.
template <typename Open>
void expect_verdict(const std::string& format, const BadFile& file, Open open) {
  const std::filesystem::path path = bad_path(format, file.name);
  ASSERT_TRUE(std::filesystem::exists(path));
  std::string verdict = "accept";
  std::string message;
  const auto begin = std::chrono::steady_clock::now();
  try {
    open(path);
  } catch (const InputError& error) {
    verdict = "reject";
    message = error.what();
  }
  const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - begin;
  if (file.expect != "either") {
    EXPECT_EQ(verdict, file.expect) << message;
  }
  EXPECT_LT(spent.count(), 100);
  if (verdict == "accept") return;
  EXPECT_EQ(message.rfind(path.string() + ": ", 0), 0U) << message;
  EXPECT_LT(message.size(), path.string().size() + 300) << message;
  for (const char c : message) EXPECT_GE(static_cast<unsigned char>(c), 0x20U) << message;
}

template <typename Open>
std::string refusal_of(Open open) {
  try {
    open();
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace attnscope
