// Small captures with hashed numbers, files of them to break, and a folder of the test's own.
#pragma once
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "capture/capture.h"
#include "formats/safetensors.h"

namespace attnscope {

class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path file(const std::string& name) const { return path_ / name; }
  bool empty() const { return std::filesystem::is_empty(path_); }

 private:
  std::filesystem::path path_;
};

// A text of 8 tokens, one of them without bytes, and three layers that differ in all that a layer can have; the context
// is tokens [2, 7).
CaptureInfo sample_info();

// A layer of `spec` with hashed numbers between -4 and 4, everything that the spec promises included.
std::shared_ptr<const Layer> sample_layer(const LayerSpec& spec, std::int64_t n, std::uint64_t seed);

bool same_bits(const Tensor& a, const Tensor& b);
// Everything but the id.
bool same_layer(const Layer& a, const Layer& b);

// A safetensors file taken apart, to be changed and written again.
struct OpenedFile {
  std::map<std::string, std::string> metadata;
  std::vector<SafetensorsEntry> entries;
  std::map<std::string, std::vector<std::byte>> data;

  explicit OpenedFile(const std::filesystem::path& path);
  void write(const std::filesystem::path& path) const;
  SafetensorsEntry& entry(const std::string& name);
  void remove(const std::string& name);
  // Gives a tensor another type or shape; its bytes are cut or filled with zeros.
  void reshape(const std::string& name, const std::string& dtype, const std::vector<std::int64_t>& shape);
  // Changes one number of a tensor.
  template <typename Number>
  void set(const std::string& name, std::size_t index, Number value);
  // Replaces `from`, which must be there, in a metadata value.
  void edit(const std::string& key, const std::string& from, const std::string& to);
};

}  // namespace attnscope
