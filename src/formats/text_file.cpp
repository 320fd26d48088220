#include "formats/text_file.h"

#include <array>
#include <cerrno>
#include <fstream>
#include <string_view>
#include <system_error>

#include "core/error.h"

namespace attnscope {
namespace {

constexpr std::size_t probe_bytes = 8 * 1024;
constexpr std::size_t most_bytes = std::size_t{1} << 30;

[[noreturn]] void refuse_size(const std::string& name) {
  throw InputError(name + ": larger than 1 GiB, which no text here may be");
}

std::string read_all(std::istream& in, const std::string& name, const std::stop_token& stop) {
  std::string text;
  std::array<char, 64 * 1024> part{};
  while (in.read(part.data(), part.size()), in.gcount() > 0) {
    if (stop.stop_requested()) throw Stopped();
    const std::string_view read(part.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() < probe_bytes) {
      const std::size_t nul = read.substr(0, probe_bytes - text.size()).find('\0');
      if (nul != std::string_view::npos) {
        throw InputError(name + ": not a text: a NUL byte at byte " + std::to_string(text.size() + nul));
      }
    }
    if (text.size() + read.size() > most_bytes) refuse_size(name);
    text += read;
  }
  if (text.empty()) throw InputError(name + ": empty; there is no text to read");
  return text;
}

}  // namespace

std::string read_text_stream(std::istream& in, const std::string& name) {
  in.exceptions(std::ios::badbit);
  return read_all(in, name, {});
}

std::string read_text_file(const std::filesystem::path& path, const std::stop_token& stop) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (std::filesystem::is_directory(status)) throw InputError(path.string() + ": is a folder, not a text");
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    throw InputError(path.string() + ": is not a regular file");
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) throw InputError(path.string() + ": " + std::generic_category().message(errno));
  if (std::filesystem::file_size(path, error) > most_bytes && !error) refuse_size(path.string());
  std::string text = read_all(in, path.string(), stop);
  if (in.bad()) throw InputError(path.string() + ": reading it failed");
  return text;
}

}  // namespace attnscope
