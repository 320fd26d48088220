// How much memory captures may take, and where they go beyond that.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace attnscope {

// Bytes that can be taken without swapping: MemAvailable in the text of /proc/meminfo (proc(5)); none where the text
// does not say.
std::optional<std::uint64_t> available_memory(std::string_view meminfo);

// Half of the memory that is free now; 1 GiB where the system does not say.
std::uint64_t default_memory_budget();

// The folder for temporary files ($TMPDIR or /tmp), or /var/tmp where that folder itself lives in memory.
std::filesystem::path default_spill_folder();

}  // namespace attnscope
