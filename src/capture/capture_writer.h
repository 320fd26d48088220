// Writing capture files (see capture_file.h for the format) while the layers are computed. Reading is open_capture().
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "capture/capture.h"
#include "formats/safetensors.h"

namespace attnscope {

struct CaptureFileOptions {
  DType dtype = DType::f32;          // of q, k and v in the file
  std::vector<std::int64_t> layers;  // those to write; empty: all that the capture has
};

// The file appears under its name with finish(); without it nothing is left behind. Where q, k and v are rounded to a
// smaller type, lse is left out, because it would not be theirs (a note in the file says so).
class CaptureWriter final : public LayerSink {
 public:
  // Writes all but the layers. `info` holds until the end. Throws InputError for a layer that the capture does not have
  // and a path that cannot be written, Error where there is not enough space, and says how much is needed.
  CaptureWriter(const std::filesystem::path& path, const CaptureInfo& info, const CaptureFileOptions& options = {});
  CaptureWriter(const std::filesystem::path& path, CaptureInfo&& info, const CaptureFileOptions& options = {}) = delete;

  bool wants(std::int64_t layer) const override;
  // Layers that are not wanted are ignored. Throws InputError for a number that is too large for the type, Error where
  // writing fails, std::logic_error for a layer that is not what `info` says or comes twice.
  void take(std::int64_t layer, std::shared_ptr<const Layer> data) override;
  // Throws Error where a wanted layer has not been taken.
  void finish();

 private:
  enum class Part : std::uint8_t { unwanted, awaited, written };

  bool writes_lse(const LayerSpec& spec) const;
  std::vector<SafetensorsEntry> entries() const;
  std::map<std::string, std::string> metadata() const;
  void write_document();
  void write_tensor(const std::string& name, const Tensor& tensor);

  std::filesystem::path path_;
  const CaptureInfo& info_;
  DType dtype_;
  std::vector<Part> parts_;
  std::unique_ptr<SafetensorsWriter> writer_;
};

}  // namespace attnscope
