#include "capture/free_memory.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <string>

namespace attnscope {

std::optional<std::uint64_t> available_memory(std::string_view meminfo) {
  constexpr std::string_view key = "MemAvailable:";
  std::size_t at = meminfo.find(key);
  if (at == std::string_view::npos) return {};
  at = meminfo.find_first_not_of(' ', at + key.size());
  if (at == std::string_view::npos) return {};
  std::uint64_t kibibytes = 0;
  const auto [end, error] = std::from_chars(meminfo.data() + at, meminfo.data() + meminfo.size(), kibibytes);
  const std::string_view rest = meminfo.substr(static_cast<std::size_t>(end - meminfo.data()));
  if (error != std::errc() || !rest.starts_with(" kB") || kibibytes > UINT64_MAX / 1024) return {};
  return kibibytes * 1024;
}

std::uint64_t default_memory_budget() {
  std::ifstream file("/proc/meminfo");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::optional<std::uint64_t> available = available_memory(text);
  return available ? *available / 2 : std::uint64_t{1} << 30U;
}

std::filesystem::path default_spill_folder() {
  const std::filesystem::path folder = std::filesystem::temp_directory_path();
  struct statfs system = {};
  const bool in_memory = ::statfs(folder.c_str(), &system) == 0 && system.f_type == TMPFS_MAGIC;
  const std::filesystem::path on_disk = "/var/tmp";
  return in_memory && std::filesystem::is_directory(on_disk) ? on_disk : folder;
}

}  // namespace attnscope
